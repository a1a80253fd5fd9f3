import { beforeEach, describe, expect, test, vi } from 'vitest'
import { SessionClock } from '../src/state/session.svelte'

function running(secondsLeft: number) {
  return { state: 'running', secondsLeft, lengthSeconds: 3600, isRenewing: false, keepsRenewing: false, endsAt: '2026-11-23T15:42:00Z' } as const
}

describe('the session clock', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  test('counts down once a second', () => {
    const clock = new SessionClock()
    clock.receive(running(10))
    expect(clock.secondsLeft).toBe(10)
    vi.advanceTimersByTime(3000)
    expect(clock.secondsLeft).toBe(7)
  })

  test('takes the time from the core each time it is told', () => {
    const clock = new SessionClock()
    clock.receive(running(100))
    vi.advanceTimersByTime(30_000)
    clock.receive(running(50))
    expect(clock.secondsLeft).toBe(50)
    vi.advanceTimersByTime(1000)
    expect(clock.secondsLeft).toBe(49)
  })

  test('does not follow the wall clock', () => {
    const clock = new SessionClock()
    clock.receive(running(100))
    vi.setSystemTime(Date.now() + 3_600_000)
    vi.advanceTimersByTime(1000)
    expect(clock.secondsLeft).toBe(99)
  })

  test('stays at zero and does not end the session by itself', () => {
    const clock = new SessionClock()
    clock.receive(running(2))
    vi.advanceTimersByTime(10_000)
    expect(clock.secondsLeft).toBe(0)
    expect(clock.state).toBe('running')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('does not tick when no session runs', () => {
    const clock = new SessionClock()
    clock.receive(running(100))
    clock.receive({ state: 'ended', cause: 'user' })
    expect(clock.cause).toBe('user')
    expect(clock.level).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is amber in the last five minutes only', () => {
    const clock = new SessionClock()
    clock.receive(running(302))
    expect(clock.endsSoon).toBe(false)
    vi.advanceTimersByTime(2000)
    expect(clock.endsSoon).toBe(true)
    clock.receive({ state: 'ended', cause: 'time' })
    expect(clock.endsSoon).toBe(false)
  })

  test('the level is the part that is left', () => {
    const clock = new SessionClock()
    clock.receive(running(900))
    expect(clock.level).toBe(0.25)
  })
})
