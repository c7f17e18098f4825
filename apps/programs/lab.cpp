// lab: experiments with two of our stacks on a simulated wire, in the browser or in the terminal.
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

#include "apps/lab/web/lab_backend.hpp"
#include "apps/lab/web/server.hpp"
#include "apps/programs.hpp"
#include "apps/report.hpp"
#include "stack/observe/ladder.hpp"
#include "stack/observe/terminal.hpp"

namespace fourtuple::apps {
namespace {

void list_labs() {
  for (const lab::Scenario& scenario : lab::scenarios()) fmt::print("{:>2}  {}\n", scenario.id, scenario.title);
}

// Each check with what it found.
int check_lab(const lab::Scenario& scenario) {
  lab::Experiment experiment(scenario.setup);
  experiment.run_until(scenario.until);
  int broken = 0;
  for (const lab::Check& check : scenario.checks) {
    const std::string found = check.broken_by(experiment.log().events());
    fmt::print("{}  {}{}\n", found.empty() ? "ok " : "NOT", check.text, found.empty() ? "" : ": " + found);
    if (!found.empty()) ++broken;
  }
  fmt::print("lab {}: {} of {} checks hold\n", scenario.id, scenario.checks.size() - static_cast<std::size_t>(broken),
             scenario.checks.size());
  return broken == 0 ? kSuccess : kFailed;
}

void print_section(std::string_view heading, std::string_view text) {
  if (!text.empty()) fmt::print("{}\n{}\n", heading, text);
}

int show_lab(const lab::Scenario& scenario, const LabOptions& options) {
  fmt::print("Lab {}: {}\n\n", scenario.id, scenario.title);
  print_section("Question", scenario.question);
  observe::LadderOptions ladder_options;
  ladder_options.ascii = observe::wants_ascii();
  ladder_options.color = observe::wants_color(observe::ColorWish::kAuto, STDOUT_FILENO);
  observe::Ladder ladder([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); },
                         ladder_options);
  fmt::print("As the {} sees it:\n", options.side);
  std::fflush(stdout);
  lab::Experiment experiment(scenario.setup);
  experiment.add_sink(options.side == "client" ? lab::kClient : lab::kServer, ladder);
  experiment.run_until(scenario.until);
  ladder.finish();
  fmt::print("\n");
  print_section("See", scenario.see);
  print_section("Explain", scenario.explain);
  print_section("Exercise", scenario.exercise);
  return kSuccess;
}

constexpr std::size_t kLargestDocument = std::size_t{1} << 20;

bool is_file_name(std::string_view scenario) {
  return scenario.find('/') != std::string_view::npos || scenario.ends_with(".md");
}

// A lab of one's own.
SetupResult<lab::Scenario> read_lab(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string document(kLargestDocument, '\0');
  file.read(document.data(), static_cast<std::streamsize>(document.size()));
  if (file.bad() || file.gcount() == 0) {
    return failure(SetupError{fmt::format("cannot read {}", path), "check the path and its permissions", false});
  }
  document.resize(static_cast<std::size_t>(file.gcount()));
  auto scenario = lab::parse_scenario(document);
  if (!scenario) {
    return failure(
        SetupError{fmt::format("{}: {}", path, scenario.error()), "docs/lab.md says how a lab is written", false});
  }
  return std::move(*scenario);
}

SetupResult<lab::Session> session_for(const std::string& scenario) {
  lab::Session session;
  if (is_file_name(scenario)) {
    auto own = read_lab(scenario);
    if (!own) return failure(own.error());
    session.open_document(std::move(*own));
  } else if (!scenario.empty()) {
    if (auto opened = session.open_scenario(scenario); !opened) {
      return failure(SetupError{opened.error(), "`fourtuple lab --list` shows the labs that there are", false});
    }
  }
  return session;
}

int serve_lab(lab::Session session, const LabOptions& options) {
  boost::asio::io_context context(1);
  auto acceptor = lab::web::listen_on_loopback(context.get_executor(), options.port);
  if (!acceptor) return report(acceptor.error());
  lab::web::LabBackend backend(std::move(session));
  lab::web::Server server(lab::web::Gate(lab::web::new_token(), acceptor->local_endpoint().port()), backend);
  fmt::print("The lab is at {}\nCtrl-C ends it.\n", server.gate().address());
  std::fflush(stdout);
  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&context](boost::system::error_code, int) { context.stop(); });
  server.serve(std::move(*acceptor));
  context.run();
  return kSuccess;
}

}  // namespace

int run_lab(const LabOptions& options) {
  if (options.list) return list_labs(), kSuccess;
  auto session = session_for(options.scenario);
  if (!session) return report(session.error());
  if (options.check) return check_lab(session->scenario());
  if (options.text) return show_lab(session->scenario(), options);
  return serve_lab(std::move(*session), options);
}

}  // namespace fourtuple::apps
