// The server's doors. The token came with the page's own address and goes back with every request, in a header, so that
// it never stands in a log or a link.
import type {Branch, LabEvent, Session} from './types';

export class Refusal extends Error {
  constructor(readonly status: number, message: string, readonly expected = '') {
    super(message);
  }
}

const kTokenKey = 'fourtuple-token';
const kMostEvents = 5000;  // of one answer

// Takes the token out of the address bar: an address is copied and shown to others more easily than one thinks.
export function takeToken(): string {
  const address = new URL(location.href);
  const given = address.searchParams.get('token');
  if (given !== null) {
    sessionStorage.setItem(kTokenKey, given);
    address.searchParams.delete('token');
    history.replaceState(null, '', address);
  }
  return sessionStorage.getItem(kTokenKey) ?? '';
}

export class Api {
  constructor(private readonly token: string) {}

  session(): Promise<Session> {
    return this.ask('GET', '/api/session');
  }
  events(branch: number, from: number, wait: boolean, signal?: AbortSignal): Promise<{branch: Branch; events: LabEvent[]}> {
    const query = `branch=${branch}&from=${from}&limit=${kMostEvents}${wait ? '&wait=1' : ''}`;
    return this.ask('GET', `/api/events?${query}`, undefined, signal);
  }
  async step(branch: number, unit: string, count = 1): Promise<Branch> {
    return (await this.post('/api/step', {branch, unit, count})).branch;
  }
  async run(branch: number, how: {until_ns?: number; for_ns?: number; until?: 'idle'}): Promise<Branch> {
    return (await this.post('/api/run', {branch, ...how})).branch;
  }
  async action(branch: number, action: string): Promise<Branch> {
    return (await this.post('/api/action', {branch, action})).branch;
  }
  async branch(branch: number, at_event: number, label: string): Promise<Branch> {
    return (await this.post('/api/branch', {branch, at_event, label})).branch;
  }
  async open(what: {scenario: string} | {permalink: string}): Promise<Branch> {
    return (await this.post('/api/open', what)).branch;
  }
  async file(branch: number, as: string): Promise<Blob> {
    return (await this.fetched('GET', `/api/export?branch=${branch}&as=${as}`)).blob();
  }

  private post(path: string, body: object): Promise<{branch: Branch}> {
    return this.ask('POST', path, body);
  }
  private async ask<Answer>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Answer> {
    return (await this.fetched(method, path, body, signal)).json() as Promise<Answer>;
  }
  private async fetched(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = {'X-Fourtuple-Token': this.token};
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await fetch(path, {method, headers, body: text, cache: 'no-store', signal});
    if (answer.ok) return answer;
    const told = (await answer.json().catch(() => ({}))) as {error?: string; expected?: string};
    throw new Refusal(answer.status, told.error ?? `the server answered ${answer.status}`, told.expected ?? '');
  }
}
