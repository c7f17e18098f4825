#include "apps/lab/web/export.hpp"

#include "stack/observe/ladder.hpp"
#include "stack/observe/pcapng.hpp"

namespace fourtuple::lab::web {
namespace {

// The same run as far as it has come, with somebody who watches the server.
void repeat(const Session::Branch& branch, trace::Sink& sink) {
  Experiment again(Session::as_done(branch));
  again.add_sink(kServer, sink);
  const std::size_t events = branch.experiment->log().events().size();
  while (again.log().events().size() < events && again.step()) {
  }
}

}  // namespace

Reply json_export(const Session::Branch& branch) {
  Reply reply{.content_type = "application/x-ndjson", .body = {}, .file_name = "lab.jsonl"};
  for (const std::string& event : branch.experiment->log().events()) reply.body += event + "\n";
  return reply;
}

Reply pcapng_export(const Session::Branch& branch) {
  Reply reply{.content_type = "application/octet-stream", .body = {}, .file_name = "lab.pcapng"};
  {
    observe::PcapngSink sink([&](ByteView block) { reply.body.append(block.begin(), block.end()); },
                             {.interface_name = "server"});
    repeat(branch, sink);
  }
  return reply;
}

Reply ladder_export(const Session::Branch& branch) {
  Reply reply{.content_type = "text/plain; charset=utf-8", .body = {}, .file_name = "lab.txt"};
  observe::Ladder ladder([&](std::string_view text) { reply.body += text; }, {});
  repeat(branch, ladder);
  ladder.finish();
  return reply;
}

}  // namespace fourtuple::lab::web
