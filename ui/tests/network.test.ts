import userEvent from '@testing-library/user-event'
import { tick } from 'svelte'
import { describe, expect, test, vi } from 'vitest'
import { failure } from '../src/ipc/fake'
import { SCENES } from '../src/ipc/scenes'
import { isPlainAndRemote } from '../src/state/network.svelte'
import { openWindow, part, parts } from './window'

const value = (name: string) => (part(name) as HTMLInputElement).value

async function openNetwork() {
  const opened = await openWindow(SCENES.list)
  await userEvent.click(part('destination-switcher'))
  await userEvent.click(part('settings'))
  await userEvent.click(part('open-network'))
  await expect.poll(() => parts('network-sheet').length).toBe(1)
  expect(document.activeElement).toBe(part('proxy-system'))
  return opened
}

describe('the network sheet', () => {
  test('opens from the settings and takes a proxy; its password crosses once', async () => {
    const { fake } = await openNetwork()
    const set = vi.spyOn(fake, 'setNetwork')
    await userEvent.click(part('proxy-manual'))
    expect(value('field-noProxy')).toBe('localhost, 127.0.0.1, ::1')
    await userEvent.type(part('field-proxyUrl'), 'http://proxy.example.com:8080')
    await userEvent.type(part('field-proxyUser'), 'mira')
    await userEvent.type(part('field-proxyPassword'), 'dune')
    await userEvent.click(part('network-save'))
    expect(set).toHaveBeenCalledWith({ proxy: 'manual', url: 'http://proxy.example.com:8080', user: 'mira', password: 'dune', noProxy: 'localhost, 127.0.0.1, ::1' })
    await expect.poll(() => parts('network-sheet').length).toBe(0)
    expect(document.body.innerHTML).not.toContain('dune')
  })

  test('keeps a password that the keychain has, and says so', async () => {
    const opened = await openWindow(SCENES.list)
    opened.fake.networkSet = { ...opened.fake.networkSet, proxy: 'manual', url: 'http://proxy.example.com:8080', user: 'mira', hasPassword: true }
    opened.sandglass.panel = { kind: 'network' }
    await tick()
    await expect.poll(() => parts('field-proxyPassword').length).toBe(1)
    expect(part('network-sheet').textContent).toContain('The keychain holds it.')
    const set = vi.spyOn(opened.fake, 'setNetwork')
    await userEvent.click(part('network-save'))
    expect(set.mock.calls[0]![0].password).toBeNull()
  })

  test('says at its field that a proxy is none, and the password field is empty then', async () => {
    const { fake } = await openNetwork()
    fake.setNetwork = vi.fn(async () => {
      throw failure('badProxy', 'correctInput', 'socks5://x')
    })
    await userEvent.click(part('proxy-manual'))
    await userEvent.type(part('field-proxyPassword'), 'dune')
    await userEvent.click(part('network-save'))
    await expect.poll(() => part('why-proxyUrl').textContent).toContain('“socks5://x” is not a proxy')
    expect(value('field-proxyPassword')).toBe('')
  })

  test('names the file of certificates, and trusts it no longer', async () => {
    const { fake } = await openNetwork()
    await userEvent.click(part('choose-ca-file'))
    await expect.poll(() => part('trusted').textContent).toContain('company-ca.pem (certificates: 2)')
    await userEvent.click(part('forget-ca-file'))
    await expect.poll(() => parts('forget-ca-file').length).toBe(0)
    expect(fake.calls.map(([name]) => name)).toEqual(expect.arrayContaining(['chooseCaFile', 'forgetCaFile']))
  })

  test('is what the remedy of a certificate opens', async () => {
    const { fake, sandglass } = await openWindow(SCENES.signedout)
    fake.signIn = vi.fn(async () => {
      throw failure('certificateUntrusted', 'changeNetwork', 'sts.example.com')
    })
    sandglass.signIn(sandglass.shown!)
    await expect.poll(() => parts('remedy').length).toBe(1)
    await userEvent.click(part('remedy'))
    await expect.poll(() => parts('network-sheet').length).toBe(1)
  })
})

describe('how a server is addressed', () => {
  test('crosses with the form', async () => {
    const { fake, sandglass } = await openWindow(SCENES.list)
    const connect = vi.spyOn(fake, 'connect')
    sandglass.change(sandglass.shown!, true)
    await tick()
    await userEvent.click(part('advanced'))
    await userEvent.selectOptions(part('field-addressingStyle'), 'path')
    await userEvent.click(part('check-isFips'))
    await userEvent.click(part('check-isDualStack'))
    await userEvent.click(part('connect-submit'))
    expect(connect.mock.calls[0]![0].addressing).toEqual({ style: 'path', isFips: true, isDualStack: true })
  })

  test('a remote endpoint without https is warned of', async () => {
    const { sandglass } = await openWindow(SCENES.list)
    sandglass.change(sandglass.shown!, true)
    await tick()
    await userEvent.click(part('advanced'))
    await userEvent.type(part('field-endpoint'), 'http://storage.example.com')
    expect(part('plain-endpoint').textContent).toContain('Without https')
    expect(parts('check-isFips'), 'FIPS is a name of AWS alone').toHaveLength(0)
    await userEvent.clear(part('field-endpoint'))
    await userEvent.type(part('field-endpoint'), 'http://127.0.0.1:9000')
    expect(parts('plain-endpoint')).toHaveLength(0)
  })

  test.each([
    ['http://storage.example.com', true],
    ['HTTP://10.0.0.5:9000', true],
    ['http://127.evil.example', true],
    ['http://localhost:9000', false],
    ['http://127.0.0.1:9000', false],
    ['http://[::1]:9000', false],
    ['https://storage.example.com', false],
    ['', false],
  ])('%s: warned of is %s', (endpoint, isWarned) => {
    expect(isPlainAndRemote(endpoint)).toBe(isWarned)
  })
})
