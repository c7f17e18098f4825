// A toy of two hosts for the mock server: enough of a handshake, a window, a loss and a timer that the page has something to
// draw. It is no TCP and makes no claim; the events look like the server's.
const kDelay = 20e6, kMss = 1460, kRto = 1e9;
const names = ['10.0.0.1', '10.0.0.2'];

export class TinyNet {
  constructor(options = {}) {
    this.events = [];
    this.now = 0;
    this.queue = [];  // {at, order, run}
    this.order = 0;
    this.frames = 0;
    this.hosts = [{next: 1, port: 40000, ends: new Map(), listening: new Set()}, {next: 1, ends: new Map(), listening: new Set()}];
    this.dropNext = 0;
    this.cut = false;
    this.dataSeen = 0;
    this.dropData = 0;
    this.delay = options.delay ?? kDelay;
  }
  tell(host, event, fields = {}) {
    const told = {n: this.events.length, time_ns: this.now, host, event, ...fields};
    this.events.push(told);
    return told;
  }
  at(delay, run) {
    const entry = {at: this.now + delay, order: this.order++, run};
    this.queue.push(entry);
    this.queue.sort((a, b) => a.at - b.at || a.order - b.order);
    return entry;
  }
  cancel(entry) {
    this.queue = this.queue.filter((one) => one !== entry);
  }
  // Runs what is due next; false: nothing is.
  advance(until = Infinity) {
    if (this.queue.length === 0 || this.queue[0].at > until) return false;
    const entry = this.queue.shift();
    this.now = entry.at;
    entry.run();
    return true;
  }

  open(host, local, remote, active) {
    const end = {host, id: this.hosts[host].next++, local, remote, state: active ? 'CLOSED' : 'LISTEN', una: 0, nxt: 0, written: 1,
                 rcv: 0, held: new Map(), cwnd: 10 * kMss, ssthresh: 2 ** 31, dup: 0, sentAt: new Map(), iss: host ? 4294967000 : 4294960000, again: new Set(), fin: false, read: 0};
    this.hosts[host].ends.set(local + remote, end);
    this.tell(host, 'connection-opened', {connection: end.id, local, remote, active});
    return end;
  }
  state(end, to) {
    if (end.state === to) return;
    this.tell(end.host, 'state-changed', {connection: end.id, local: end.local, remote: end.remote, from: end.state, to});
    end.state = to;
  }
  segment(end, flags, from, bytes, cause, again = false) {
    const peer = this.hosts[1 - end.host].ends.get(end.remote + end.local);
    const iss = (end.iss + from) >>> 0;
    const fields = {local: end.local, remote: end.remote, flags, seq: iss, relative_seq: from, payload_bytes: bytes,
                    window: 65535, window_bytes: 65535, options: flags.includes('S') ? {mss: kMss, sack_permitted: true} : {}};
    if (flags.includes('.')) Object.assign(fields, {ack: ((end.host ? 4294960000 : 4294967000) + end.rcv) >>> 0, relative_ack: end.rcv});
    if (flags.includes('.') && end.held.size > 0) {
      const blocks = [...end.held].sort((a, b) => a[0] - b[0]);
      const base = fields.ack - end.rcv;
      fields.options = {sack: blocks.slice(0, 3).map(([f, t]) => [(base + f) >>> 0, (base + t) >>> 0])};
    }
    const n = this.tell(end.host, 'segment-sent', {connection: end.id, ...fields, cause: cause[0], clause: cause[1], sentence: cause[2], retransmission: again}).n;
    const {connection, ...known} = fields;
    this.wire(end.host, n, 54 + bytes, `${flags} ${from}:${from + bytes}(${bytes})`, known, bytes > 0, peer);
  }
  wire(host, segment, bytes, line, fields, isData, peer) {
    const frame = this.frames++;
    if (isData) this.dataSeen += 1;
    const lost = this.cut ? 'lost while the cable is out'
        : this.dropNext > 0 || (isData && this.dropData === this.dataSeen) ? 'dropped by a rule' : undefined;
    if (lost === 'dropped by a rule') this.dropNext = Math.max(0, this.dropNext - 1);
    this.tell(host, 'wire-sent', {frame, segment, bytes, line, fate: lost ?? 'carried', ...(lost ? {} : {arrives_ns: this.now + this.delay})});
    if (!lost) this.at(this.delay, () => this.arrive(1 - host, frame, fields));
  }
  arrive(host, frame, fields) {
    this.tell(host, 'wire-arrived', {frame, copy: false, damaged: false});
    const key = fields.remote + fields.local;
    let end = this.hosts[host].ends.get(key);
    if (!end && this.hosts[host].listening.has(fields.remote.split(':')[1])) end = this.open(host, fields.remote, fields.local, false);
    if (!end) return this.tell(host, 'segment-dropped', {...swap(fields), frame, reason: 'tcp-closed-port', clause: 'RFC9293 3.10.7.1', sentence: 'nobody listens here'});
    this.tell(host, 'segment-received', {connection: end.id, ...swap(fields), frame});
    this.take(end, fields);
  }
  arm(end, timer, delay, run) {
    if (end[timer]) this.cancel(end[timer]);
    this.tell(end.host, 'timer-armed', {connection: end.id, timer, deadline_ns: this.now + delay});
    end[timer] = this.at(delay, () => { end[timer] = null; this.tell(end.host, 'timer-fired', {connection: end.id, timer}); run(); });
  }
  disarm(end, timer) {
    if (!end[timer]) return;
    this.cancel(end[timer]);
    end[timer] = null;
    this.tell(end.host, 'timer-cancelled', {connection: end.id, timer});
  }
  take(end, got) {
    const flags = got.flags;
    if (flags.includes('S') && !flags.includes('.')) {
      end.rcv = 1;
      this.state(end, 'SYN-RECEIVED');
      end.nxt = 1;
      return this.segment(end, 'S.', 0, 0, ['handshake', 'RFC9293 3.5', 'the answer that the handshake asks for']);
    }
    if (flags === 'S.') {
      end.rcv = 1;
      end.una = 1;
      this.disarm(end, 'retransmission');
      this.state(end, 'ESTABLISHED');
      this.tell(end.host, 'rtt-measured', {connection: end.id, sample_ns: 40e6, smoothed_ns: 40e6, variation_ns: 20e6, retransmission_timeout_ns: kRto});
      this.segment(end, '.', 1, 0, ['handshake', 'RFC9293 3.5', 'the answer that the handshake asks for']);
      return this.push(end);
    }
    if (got.relative_ack > end.una) this.acked(end, got.relative_ack);
    else if (got.relative_ack === end.una && end.nxt > end.una && got.payload_bytes === 0) this.duplicate(end);
    if (end.state === 'SYN-RECEIVED') this.state(end, 'ESTABLISHED');
    if (got.payload_bytes > 0 || flags.includes('F')) this.text(end, got);
  }
  acked(end, to) {
    for (const from of [...end.sentAt.keys()]) if (from < to) end.sentAt.delete(from);
    end.una = to;
    end.dup = 0;
    end.cwnd += end.cwnd < end.ssthresh ? kMss : Math.round(kMss * kMss / end.cwnd);
    this.tell(end.host, 'congestion-changed', {connection: end.id, window_bytes: end.cwnd, threshold_bytes: end.ssthresh, in_flight_bytes: end.nxt - end.una, phase: end.cwnd < end.ssthresh ? 'slow-start' : 'congestion-avoidance'});
    this.tell(end.host, 'rtt-measured', {connection: end.id, sample_ns: 40e6, smoothed_ns: 40e6, variation_ns: 15e6, retransmission_timeout_ns: kRto});
    if (end.una < end.nxt) this.arm(end, 'retransmission', kRto, () => this.timeout(end));
    else this.disarm(end, 'retransmission');
    if (end.state === 'FIN-WAIT-1' && end.una === end.nxt) this.state(end, 'FIN-WAIT-2');
    if (end.state === 'LAST-ACK' && end.una === end.nxt) this.gone(end);
    this.push(end);
  }
  duplicate(end) {
    end.dup += 1;
    if (end.dup !== 3) return;
    end.ssthresh = Math.max(2 * kMss, Math.floor((end.nxt - end.una) / 2));
    end.cwnd = end.ssthresh;
    this.tell(end.host, 'loss-detected', {connection: end.id, relative_begin: end.una, lost_bytes: Math.min(kMss, end.nxt - end.una), sign: 'duplicate-acks'});
    this.tell(end.host, 'congestion-changed', {connection: end.id, window_bytes: end.cwnd, threshold_bytes: end.ssthresh, in_flight_bytes: end.nxt - end.una, phase: 'fast-recovery'});
    this.resend(end, ['fast-retransmit', 'RFC5681 3.2', 'three duplicate ACKs say that a segment is missing']);
  }
  timeout(end) {
    end.ssthresh = 2 * kMss;
    end.cwnd = kMss;
    this.tell(end.host, 'loss-detected', {connection: end.id, relative_begin: end.una, lost_bytes: end.nxt - end.una, sign: 'timeout'});
    this.tell(end.host, 'congestion-changed', {connection: end.id, window_bytes: end.cwnd, threshold_bytes: end.ssthresh, in_flight_bytes: 0, phase: 'loss'});
    this.resend(end, ['retransmission-timeout', 'RFC6298 5', 'the oldest data was not acknowledged in time']);
  }
  resend(end, cause) {
    const sent = end.sentAt.get(end.una);
    if (sent) this.segment(end, sent.flags, end.una, sent.bytes, cause, true);
    this.arm(end, 'retransmission', kRto, () => this.timeout(end));
  }
  send(end, bytes) {
    this.tell(end.host, 'user-called', {connection: end.id, call: 'send', bytes});
    end.written += bytes;
    this.push(end);
  }
  push(end) {
    if (end.state !== 'ESTABLISHED' && end.state !== 'CLOSE-WAIT') return;
    while (end.nxt < end.written && end.nxt - end.una + kMss <= Math.max(end.cwnd, kMss)) {
      const bytes = Math.min(kMss, end.written - end.nxt);
      const from = end.nxt;
      end.nxt += bytes;
      end.sentAt.set(from, {bytes, flags: 'P.'});
      this.segment(end, end.nxt === end.written ? 'P.' : '.', from, bytes, ['user-send', 'RFC9293 3.10.2', 'the application gave data and the rules let it go']);
      if (!end.retransmission) this.arm(end, 'retransmission', kRto, () => this.timeout(end));
    }
    if (end.fin && end.nxt === end.written) this.finish(end);
  }
  text(end, got) {
    const to = got.relative_seq + got.payload_bytes;
    if (got.payload_bytes > 0 && to > end.rcv) end.held.set(got.relative_seq, to);
    const before = end.rcv;
    while (end.held.has(end.rcv)) {
      const next = end.held.get(end.rcv);
      end.held.delete(end.rcv);
      end.rcv = next;
    }
    const taken = end.rcv - before;
    if (taken > 0) {
      this.tell(end.host, 'bytes-delivered', {connection: end.id, bytes: taken, readable_bytes: taken});
      this.tell(end.host, 'user-called', {connection: end.id, call: 'receive', bytes: taken});
    }
    if (got.flags.includes('F') && got.relative_seq + got.payload_bytes === end.rcv) {
      end.rcv += 1;
      this.state(end, end.state === 'FIN-WAIT-2' ? 'TIME-WAIT' : end.state === 'FIN-WAIT-1' ? 'CLOSING' : 'CLOSE-WAIT');
      if (end.state === 'TIME-WAIT') this.arm(end, 'time-wait', 60e9, () => this.gone(end));
    }
    const hole = end.held.size > 0;
    this.segment(end, '.', end.nxt, 0, hole ? ['ack-out-of-order', 'RFC5681 4.2', 'a gap, a filled gap or a duplicate is told at once'] : ['ack-every-second', 'RFC9293 SHLD-19', 'two full segments have arrived']);
  }
  finish(end) {
    end.fin = false;
    this.state(end, end.state === 'CLOSE-WAIT' ? 'LAST-ACK' : 'FIN-WAIT-1');
    const from = end.nxt;
    end.nxt += 1;
    end.sentAt.set(from, {bytes: 0, flags: 'F.'});
    this.segment(end, 'F.', from, 0, ['user-close', 'RFC9293 3.10.4', 'the application closed its side']);
  }
  gone(end) {
    this.state(end, 'CLOSED');
    this.tell(end.host, 'connection-closed', {connection: end.id, local: end.local, remote: end.remote, error: 0});
    this.hosts[end.host].ends.delete(end.local + end.remote);
  }
  connect(port, from) {
    const end = this.open(0, `${names[0]}:${from ?? this.hosts[0].port++}`, `${names[1]}:${port}`, true);
    this.tell(0, 'user-called', {connection: end.id, call: 'connect', bytes: 0});
    this.state(end, 'SYN-SENT');
    end.nxt = 1;
    end.sentAt.set(0, {bytes: 0, flags: 'S'});
    this.segment(end, 'S', 0, 0, ['user-connect', 'RFC9293 3.10.1', 'the application opened the connection']);
    this.arm(end, 'retransmission', kRto, () => this.timeout(end));
  }
  act(text) {
    const host = text.startsWith('client:') ? 0 : text.startsWith('server:') ? 1 : -1;
    this.tell(host, 'action', {action: text});
    const [word, number] = text.slice(text.indexOf(':') + 1).trim().split(' ');
    const end = host < 0 ? undefined : [...this.hosts[host].ends.values()].at(-1);
    if (word === 'listen') this.hosts[host].listening.add(number);
    else if (word === 'connect') this.connect(number);
    else if (word === 'send' && end) this.send(end, Number(number));
    else if (word === 'close' && end) { end.fin = true; this.push(end); }
    else if (text.startsWith('wire: drop next')) this.dropNext += 1;
    else if (word === 'cut') { this.cut = true; this.tell(-1, 'wire-changed', {rules: 'down'}); }
    else if (word === 'heal') { this.cut = false; this.tell(-1, 'wire-changed', {rules: ''}); }
    else if (host < 0) return this.rules(text.slice(text.indexOf(':') + 1).trim());
    return undefined;
  }
  rules(text) {
    if (/dely/.test(text)) return {error: `wire rules: 'dely' is not understood at character ${text.indexOf('dely') + 1}`, expected: 'in:, out:, at, drop, delay, ...'};
    const third = /drop data (\d+)/.exec(text);
    this.dropData = third ? Number(third[1]) : 0;
    this.dataSeen = 0;
    this.tell(-1, 'wire-changed', {rules: text});
    return undefined;
  }
}

function swap(fields) {
  return {...fields, local: fields.remote, remote: fields.local};
}
