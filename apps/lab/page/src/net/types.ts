// What the server says, field for field as in the JSON. An event has the fields of its kind only; stack/observe/json_lines.hpp
// lists them, and the wire's own kinds are in docs/lab.md.

export interface SegmentOptions {
  mss?: number;
  window_scale?: number;
  sack_permitted?: boolean;
  ts_value?: number;
  ts_echo?: number;
  sack?: [number, number][];  // the wire's numbers
}

export interface LabEvent {
  n: number;
  time_ns: number;
  host: number;  // -1: the wire
  event: string;
  connection?: number;
  // segments
  local?: string;
  remote?: string;
  flags?: string;
  seq?: number;
  ack?: number;
  relative_seq?: number;
  relative_ack?: number;
  payload_bytes?: number;
  window?: number;
  window_bytes?: number;
  options?: SegmentOptions;
  retransmission?: boolean;
  cause?: string;
  reason?: string;
  clause?: string;
  sentence?: string;
  // states
  active?: boolean;
  from?: string;
  to?: string;
  error?: number;
  address?: string;
  mac?: string;
  // quantities
  from_bytes?: number;
  to_bytes?: number;
  threshold_bytes?: number;
  in_flight_bytes?: number;
  phase?: string;
  sample_ns?: number;
  smoothed_ns?: number;
  variation_ns?: number;
  retransmission_timeout_ns?: number;
  bytes?: number;
  readable_bytes?: number;
  relative_begin?: number;
  lost_bytes?: number;
  sign?: string;
  segment_bytes?: number;
  window_scaling?: boolean;
  send_scale?: number;
  receive_scale?: number;
  sack?: boolean;
  timestamps?: boolean;
  congestion_notification?: boolean;
  buffer?: string;
  call?: string;
  // time
  timer?: string;
  deadline_ns?: number;
  // the wire
  frame?: number;
  segment?: number;
  line?: string;
  fate?: string;
  arrives_ns?: number;
  copy?: boolean;
  damaged?: boolean;
  rules?: string;
  action?: string;
  problem?: string;
}

export interface Branch {
  id: number;
  parent: number | null;
  at_event: number;
  at_ns: number;
  label: string;
  seed: number;
  wire: string;
  actions: string[];
  now_ns: number;
  events: number;
  idle: boolean;
  permalink: string;
  truncated: boolean;
}

export interface Scenario {
  id: string;
  title: string;
  question?: string;
  predict?: string;
  see?: string;
  explain?: string;
  exercise?: string;
}

export interface Session {
  kind: 'lab' | 'live';
  scenarios: {id: string; title: string}[];
  scenario: Scenario;
  hosts: {name: string; address: string}[];
  branches: Branch[];
  current: number;
}
