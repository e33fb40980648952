// Under `require-trusted-types-for 'script'` the browser takes markup and worker addresses only through a policy. Markup
// comes from Solid's compiled templates alone, which hold no script; a worker comes from the app's own origin alone.
// This has to be the very first import: the templates are made when their modules are.

interface Policy {
  createHTML(markup: string): string
  createScriptURL(url: string): string
}

const factory = (globalThis as { trustedTypes?: { createPolicy(name: string, policy: Policy): unknown } }).trustedTypes

const SCRIPTED = /<script|<iframe|<object|<embed|\son\w+\s*=|javascript:/i

factory?.createPolicy('default', {
  createHTML: (markup) => {
    if (SCRIPTED.test(markup)) throw new TypeError('markup with a script in it')
    return markup
  },
  createScriptURL: (url) => {
    if (new URL(url, location.href).origin !== location.origin) throw new TypeError('a script of another origin')
    return url
  },
})
