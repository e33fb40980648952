// Stands in for get-browser-rtc under simple-peer: WebRTC under its own names; null where a browser lacks it.

module.exports = () => {
  const { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } = globalThis
  return RTCPeerConnection ? { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } : null
}
