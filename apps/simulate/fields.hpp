// The fields of a plan by name: one list for each part serves printing, parsing and shrinking.
#pragma once

#include "apps/simulate/plan.hpp"

namespace fourtuple::simulate {

template <class App, class Visit>
void fields_of_app(App& app, Visit&& visit) {
  visit("write", app.write);
  visit("write_size", app.write_size);
  visit("read_size", app.read_size);
  visit("stalls", app.stalls);
  visit("stall", app.stall);
  visit("reads_after", app.reads_after);
  visit("toggles", app.toggles);
  visit("ending", app.ending);
  visit("ends_after", app.ends_after);
}

template <class Talk, class Visit>
void fields_of_talk(Talk& talk, Visit&& visit) {
  visit("begin", talk.begin);
  visit("opening", talk.opening);
  visit("caller", talk.caller);
  visit("same_port", talk.same_port);
}

template <class Config, class Visit>
void fields_of_config(Config& tcp, Visit&& visit) {
  visit("timestamps", tcp.timestamps);
  visit("sack", tcp.sack);
  visit("duplicate_sack", tcp.duplicate_sack);
  visit("scaling", tcp.window_scaling);
  visit("ecn", tcp.ecn);
  visit("congestion", tcp.congestion);
  visit("pacing", tcp.pacing);
  visit("memory_pressure", tcp.memory_pressure_bytes);
  visit("memory_limit", tcp.memory_limit_bytes);
  visit("initial_window", tcp.initial_window_segments);
  visit("delayed_ack", tcp.delayed_ack);
  visit("iss", tcp.fixed_initial_sequence);
  visit("timestamp_offset", tcp.fixed_timestamp_offset);
  visit("out_of_order", tcp.max_out_of_order_segments);
  visit("syn_backlog", tcp.max_syn_backlog);
  visit("time_wait", tcp.time_wait);
  visit("syn_ack_retries", tcp.syn_ack_retries);
  visit("retries", tcp.retries_r2);
  visit("orphan_retries", tcp.orphan_retries);
  visit("acks_wait", tcp.acks_wait_for_application);
}

template <class Options, class Visit>
void fields_of_options(Options& options, Visit&& visit) {
  visit("no_delay", options.no_delay);
  visit("cork", options.cork);
  visit("receive_buffer", options.receive_buffer_bytes);
  visit("send_buffer", options.send_buffer_bytes);
  visit("max_segment", options.max_segment);
  visit("window_clamp", options.window_clamp);
  visit("keep_alive", options.keep_alive);
  visit("keep_alive_idle", options.keep_alive_idle);
  visit("keep_alive_interval", options.keep_alive_interval);
  visit("keep_alive_count", options.keep_alive_count);
  visit("pacing_rate", options.max_pacing_rate);
  visit("user_timeout", options.user_timeout);
  visit("syn_retries", options.syn_retries);
}

template <class Host, class Visit>
void fields_of_host(Host& host, Visit&& visit) {
  fields_of_config(host.tcp, visit);
  fields_of_options(host.options, visit);
  visit("batch", host.batch);
  visit("clock", host.clock);
  visit("drift", host.drift);
  visit("backlog", host.backlog);
  visit("accepts_after", host.accepts_after);
}

template <class Incident, class Visit>
void fields_of_incident(Incident& incident, Visit&& visit) {
  visit("at", incident.at);
  visit("host", incident.host);
  visit("length", incident.length);
}

template <class Plan, class Visit>
void fields_of_plan(Plan& plan, Visit&& visit) {
  visit("seed", plan.seed);
  visit("mode", plan.mode);
  visit("mtu", plan.mtu);
  visit("offload", plan.offload);
  visit("arp", plan.arp);
  visit("heals", plan.heals);
  visit("late_out", plan.late_copies[0]);
  visit("late_in", plan.late_copies[1]);
  visit("late", plan.late);
  visit("by_faults", plan.by_faults);
  visit("last_event", plan.last_event);
}

}  // namespace fourtuple::simulate
