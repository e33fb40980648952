// Stands in for queue-microtask under simple-peer: every browser that can run the app has it.

module.exports = (task) => queueMicrotask(task)
