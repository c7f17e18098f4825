// A server with the lab's endpoints and a toy behind them, to work on the page without building fourtuple:
// `node test/mock.mjs [PORT] [lab|live|long|many]`, then the address that it prints. With the address that `fourtuple lab`
// printed instead of a kind, the page is this folder's and everything else is that server's.
import {createServer} from 'node:http';
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {TinyNet} from './tiny_tcp.mjs';

const built = join(dirname(fileURLToPath(import.meta.url)), '..', 'built');
const types = {'/': ['index.html', 'text/html; charset=utf-8'], '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
               '/page.css': ['page.css', 'text/css; charset=utf-8'], '/icon.svg': ['icon.svg', 'image/svg+xml']};
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'";
const scenarios = [{id: '05', title: 'Drop the third data segment'}, {id: '03', title: 'The handshake'}];
const text = {
  question: 'The third segment with data is lost. **How** does the sender find out, and *when*?',
  predict: 'Write down what you expect:\n\n- how many segments go again\n- how long it takes',
  see: 'Press `run`. Look for the cross in the ladder, and for the ACKs that repeat themselves.',
  explain: 'Three duplicate ACKs are a sign of loss [RFC5681 3.2]. See [the RFC](https://www.rfc-editor.org/rfc/rfc5681).',
  exercise: 'Drop the *last* segment instead.\n\n```\nclient: send 14600\nwire: drop next\n```',
};

class Branch {
  constructor(id, parent, script, label, at) {
    Object.assign(this, {id, parent, script, label, at, net: new TinyNet(), wire: 'delay 20ms'});
    this.until = 0;
  }
  record() {
    const events = this.net.events;
    return {id: this.id, parent: this.parent, at_event: this.at, at_ns: this.at > 0 ? events[this.at - 1]?.time_ns ?? 0 : 0, label: this.label, seed: 1,
            wire: this.wire, actions: this.script.map((one) => `${one.at / 1e6}ms ${one.action}`), now_ns: this.net.now, events: events.length,
            idle: this.net.queue.length === 0 && !this.script.some((one) => !one.done), permalink: `seed=1&wire=delay%2020ms&n=${this.id}`, truncated: false};
  }
  // What is due next: an action of the script, or something on the wire.
  advance(until = Infinity) {
    const next = this.script.find((one) => !one.done);
    const due = this.net.queue[0]?.at ?? Infinity;
    if (next && next.at <= due) {
      if (next.at > until) return false;
      next.done = true;
      this.net.now = Math.max(this.net.now, next.at);
      this.net.act(next.action);
      return true;
    }
    return this.net.advance(until);
  }
  act(action) {
    this.script.push({at: this.net.now, action, done: true});
    return this.net.act(action);
  }
}

export function makeLab(kind) {
  const lab = {kind: kind === 'live' ? 'live' : 'lab', branches: [], current: 0, waiting: []};
  const script = [{at: 0, action: 'server: listen 80'}, {at: 0, action: 'client: connect 80'}, {at: 50e6, action: 'wire: drop data 3'},
                  {at: 60e6, action: 'client: send 14600'}, {at: 400e6, action: 'client: close'}, {at: 500e6, action: 'server: close'}];
  if (kind === 'long') script[3].action = 'client: send 100000000';
  if (kind === 'many') script.push(...Array.from({length: 999}, (_, i) => ({at: 600e6 + i * 1e6, action: 'client: connect 80'})));
  lab.open = () => { lab.branches = [new Branch(0, null, script.map((one) => ({...one})), 'as written', 0)]; lab.current = 0; };
  lab.open();
  if (kind === 'live') while (lab.branches[0].net.now < 70e6 && lab.branches[0].advance()) { /* what was before the page */ }
  if (kind === 'long') while (lab.branches[0].net.events.length < 700000 && lab.branches[0].advance()) { /* a long run */ }
  if (kind === 'many') while (lab.branches[0].net.now < 2e9 && lab.branches[0].advance()) { /* all of them */ }
  return lab;
}

// Live: host 1 is ours, and what the wire says nobody hears.
function shown(lab, branch) {
  if (lab.kind !== 'live') return branch.net.events;
  return branch.net.events.filter((one) => one.host === 1 && !one.event.startsWith('wire-'))
      .map(({frame, ...one}, n) => ({...one, n}));
}
function recordOf(lab, branch) {
  return {...branch.record(), events: shown(lab, branch).length};
}

function step(branch, unit) {
  const before = branch.net.events.length;
  const from = branch.net.now;
  do {
    if (!branch.advance(unit === 'rtt' ? from + 40e6 : Infinity)) break;
  } while (unit === 'rtt' || (unit === 'segment' && !branch.net.events.slice(before).some((one) => one.event === 'segment-received' || one.event === 'wire-sent')));
  if (unit === 'rtt') branch.net.now = from + 40e6;
}

function post(lab, path, body) {
  const branch = lab.branches[body.branch ?? 0];
  const answer = (one) => [200, {branch: recordOf(lab, one)}];
  if (lab.kind === 'live' && path !== '/api/action') return [409, {error: "the kernel's clock runs on"}];
  if (path === '/api/open') return lab.open(), answer(lab.branches[0]);
  if (branch === undefined) return [404, {error: 'no such branch'}];
  if (path === '/api/step') for (let i = 0; i < (body.count ?? 1); ++i) step(branch, body.unit);
  if (path === '/api/run') {
    const until = body.until_ns ?? (body.for_ns === undefined ? Infinity : branch.net.now + body.for_ns);
    while (branch.advance(until)) { /* all that is due */ }
    if (until < Infinity) branch.net.now = Math.max(until, branch.net.now);
  }
  if (path === '/api/action') {
    const refused = branch.act(body.action);
    if (refused) return [400, refused];
  }
  if (path === '/api/branch') {
    const fresh = new Branch(lab.branches.length, branch.id, branch.script.map(({at, action}) => ({at, action})), body.label, body.at_event);
    while (fresh.net.events.length <= body.at_event && fresh.advance()) { /* the same again, up to there */ }
    lab.branches.push(fresh);
    return answer(fresh);
  }
  return answer(branch);
}

async function respond(lab, token, request, response) {
  const url = new URL(request.url, 'http://localhost');
  const send = (status, body, type = 'application/json') => {
    response.writeHead(status, {'Content-Type': type, 'Content-Security-Policy': policy, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff'});
    response.end(type === 'application/json' ? JSON.stringify(body) : body);
  };
  if (url.pathname in types) return send(200, readFileSync(join(built, types[url.pathname][0])), types[url.pathname][1]);
  if (!url.pathname.startsWith('/api/')) return send(404, {error: 'nothing is here'});
  if (request.headers['x-fourtuple-token'] !== token) return send(403, {error: 'the token is missing or wrong'});
  if (request.method === 'POST') {
    let body = '';
    for await (const part of request) body += part;
    return send(...post(lab, url.pathname, JSON.parse(body)));
  }
  const branch = lab.branches[Number(url.searchParams.get('branch') ?? 0)];
  if (url.pathname === '/api/session') {
    return send(200, {kind: lab.kind, scenarios, scenario: {...scenarios[0], ...text}, hosts: [{name: 'client', address: '10.0.0.1'}, {name: 'server', address: '10.0.0.2'}],
                      branches: lab.branches.map((one) => recordOf(lab, one)), current: lab.current});
  }
  if (branch === undefined) return send(404, {error: 'no such branch'});
  if (url.pathname === '/api/export') return send(200, branch.net.events.map((one) => JSON.stringify(one)).join('\n'), 'text/plain');
  const from = Number(url.searchParams.get('from') ?? 0);
  if (lab.kind === 'live' && url.searchParams.get('wait')) {
    for (let i = 0; i < 20 && shown(lab, branch).length <= from; ++i) await new Promise((done) => setTimeout(done, 100));
  }
  send(200, {branch: recordOf(lab, branch), from, events: shown(lab, branch).slice(from, from + Number(url.searchParams.get('limit') ?? 5000))});
}

async function relay(origin, token, request, response) {
  const path = new URL(request.url, origin);
  if (path.pathname in types) return respond({}, token, request, response);
  let body = '';
  for await (const part of request) body += part;
  const headers = {'X-Fourtuple-Token': request.headers['x-fourtuple-token'] ?? '', 'Content-Type': 'application/json'};
  const answer = await fetch(new URL(request.url, origin), {method: request.method, headers, body: body || undefined});
  response.writeHead(answer.status, {'Content-Type': answer.headers.get('content-type') ?? 'text/plain'});
  response.end(Buffer.from(await answer.arrayBuffer()));
}

// Answers {port, lab, close()}.
export function serve(port = 0, kind = 'lab', token = 'mock') {
  const lab = kind.startsWith('http') ? undefined : makeLab(kind);
  const answer = (request, response) => lab === undefined ? relay(kind, token, request, response) : respond(lab, token, request, response);
  const server = createServer((request, response) => answer(request, response).catch((error) => {
    response.writeHead(500);
    response.end(String(error.stack));
  }));
  return new Promise((done) => server.listen(port, '127.0.0.1', () => done({
    port: server.address().port, lab, token, close: () => { server.closeAllConnections(); return new Promise((closed) => server.close(closed)); },
  })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kind = process.argv[3] ?? 'lab';
  const given = kind.startsWith('http') ? new URL(kind).searchParams.get('token') : 'mock';
  const {port, token} = await serve(Number(process.argv[2] ?? 0), kind, given);
  console.log(`http://127.0.0.1:${port}/?token=${token}`);
}
