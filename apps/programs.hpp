// The programs behind `fourtuple NAME`. Each runs to its end and answers the exit code (apps/report.hpp).
#pragma once

#include "apps/options.hpp"

namespace fourtuple::apps {

[[nodiscard]] int run_demo(const DemoOptions& options);
[[nodiscard]] int run_serve(const ServeOptions& options);
[[nodiscard]] int run_echo(const EchoOptions& options);
[[nodiscard]] int run_perf_server(const PerfServerOptions& options);
[[nodiscard]] int run_nc(const NcOptions& options);
[[nodiscard]] int run_ping(const PingOptions& options);
[[nodiscard]] int run_netstat(const ListingOptions& options, const NetstatViews& views);
[[nodiscard]] int run_ss(const ListingOptions& options);
[[nodiscard]] int run_stat(const ListingOptions& options);
// "addr", "route" or "neigh".
[[nodiscard]] int run_ip(const std::string& object, const ListingOptions& options);
[[nodiscard]] int run_dump(const DumpOptions& options);
[[nodiscard]] int run_drill(const DrillOptions& options);
[[nodiscard]] int run_replay(const ReplayOptions& options);
[[nodiscard]] int run_record(const RecordOptions& options);
[[nodiscard]] int run_simulate(const SimulateOptions& options);
[[nodiscard]] int run_wire(const WireOptions& options);
[[nodiscard]] int run_ladder(const CaptureLadderOptions& options);
[[nodiscard]] int run_explain(const ExplainOptions& options);
[[nodiscard]] int run_lab(const LabOptions& options);
[[nodiscard]] int run_in_world(const InWorldOptions& options);

}  // namespace fourtuple::apps
