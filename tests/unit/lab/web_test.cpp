// What the lab's server answers, and whom it does not.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/lab/web/gate.hpp"
#include "apps/lab/web/lab_backend.hpp"
#include "apps/lab/web/live_backend.hpp"

namespace fourtuple::lab::web {
namespace {

using testing::HasSubstr;
namespace json = boost::json;

TEST(Gate, LetsOnlyItsOwnPageIn) {
  const Gate gate("secret", 8080);
  const Request good{.method = "GET",
                     .target = "/api/session",
                     .host = "127.0.0.1:8080",
                     .origin = "http://127.0.0.1:8080",
                     .token = "secret",
                     .body = ""};
  EXPECT_FALSE(gate.refusal(good));
  const auto status_with = [&](auto&& change) {
    Request request = good;
    change(request);
    const auto refusal = gate.refusal(request);
    return refusal ? refusal->status : 200U;
  };
  EXPECT_EQ(status_with([](Request& r) { r.host = "localhost:8080"; }), 200U);
  EXPECT_EQ(status_with([](Request& r) { r.origin = ""; }), 200U);
  EXPECT_EQ(status_with([](Request& r) { r.host = "evil.example:8080"; }), 403U);
  EXPECT_EQ(status_with([](Request& r) { r.host = "127.0.0.1:8081"; }), 403U);
  EXPECT_EQ(status_with([](Request& r) { r.host = ""; }), 403U);
  EXPECT_EQ(status_with([](Request& r) { r.origin = "http://evil.example"; }), 403U);
  EXPECT_EQ(status_with([](Request& r) { r.origin = "null"; }), 403U);
  EXPECT_EQ(status_with([](Request& r) { r.token = ""; }), 401U);
  EXPECT_EQ(status_with([](Request& r) { r.token = "secreT"; }), 401U);
  // The page itself is no secret; without it nobody could read the token out of its own address.
  EXPECT_EQ(status_with([](Request& r) { r.target = "/", r.token = ""; }), 200U);
}

TEST(Gate, MakesTokensThatDiffer) {
  EXPECT_EQ(new_token().size(), 32U);
  EXPECT_NE(new_token(), new_token());
}

TEST(Parameter, IsReadWithItsEscapes) {
  EXPECT_EQ(path_of("/api/events?x=1"), "/api/events");
  EXPECT_EQ(parameter("/a?x=1&name=a%20b%2", "name"), "a b%2");
  EXPECT_EQ(parameter("/a", "x"), "");
  EXPECT_EQ(number_parameter("/a?x=12", "x", 3), 12U);
  EXPECT_EQ(number_parameter("/a?x=-1", "x", 3), 3U);
}

class Asked {
 public:
  json::object get(std::string_view target) { return ask("GET", target, ""); }
  json::object post(std::string_view target, std::string_view body) { return ask("POST", target, body); }
  std::string body(std::string_view target) { return reply("GET", target, "").body; }
  unsigned status = 0;

 private:
  Reply reply(std::string_view method, std::string_view target, std::string_view body) {
    const auto answer = backend_.handle({method, target, "", "", "", body}, true);
    status = answer->status;
    return *answer;
  }
  json::object ask(std::string_view method, std::string_view target, std::string_view body) {
    return json::parse(reply(method, target, body).body).as_object();
  }

  LabBackend backend_{Session{}};
};

const json::object& branch_in(const json::object& reply) { return reply.at("branch").as_object(); }

TEST(LabBackend, TellsItsSession) {
  Asked lab;
  const auto session = lab.get("/api/session");
  EXPECT_EQ(session.at("kind"), "lab");
  EXPECT_EQ(session.at("hosts").as_array().size(), 2U);
  EXPECT_EQ(session.at("branches").as_array().size(), 1U);
  EXPECT_EQ(session.at("scenarios").as_array().size(), scenarios().size());
}

TEST(LabBackend, StandsStillUntilItIsTold) {
  Asked lab;
  EXPECT_EQ(lab.get("/api/events?branch=0").at("events").as_array().size(), 0U);
  EXPECT_EQ(lab.get("/api/events?branch=0").at("events").as_array().size(), 0U);
  const auto stepped = lab.post("/api/step", R"({"branch":0,"unit":"event"})");
  EXPECT_EQ(branch_in(stepped).at("events").to_number<int>(), 1);
}

TEST(LabBackend, StepsBySegmentsAndRunsToATime) {
  Asked lab;
  lab.post("/api/open", R"({"scenario":"5"})");
  lab.post("/api/step", R"({"branch":0,"unit":"segment","count":2})");
  const auto ran = lab.post("/api/run", R"({"branch":0,"until_ns":100000000})");
  EXPECT_EQ(branch_in(ran).at("now_ns").to_number<std::int64_t>(), 100'000'000);
  const auto more = lab.post("/api/run", R"({"branch":0,"for_ns":5000000})");
  EXPECT_EQ(branch_in(more).at("now_ns").to_number<std::int64_t>(), 105'000'000);
  const auto idle = lab.post("/api/run", R"({"branch":0,"until":"idle"})");
  EXPECT_TRUE(branch_in(idle).at("idle").as_bool());
}

TEST(LabBackend, BranchesWhereItIsToldAndActsThere) {
  Asked lab;
  lab.post("/api/open", R"({"scenario":"5"})");
  lab.post("/api/run", R"({"branch":0,"until_ns":1000000000})");
  const auto made = lab.post("/api/branch", R"({"branch":0,"at_event":30,"label":"cut"})");
  ASSERT_EQ(lab.status, 200U);
  EXPECT_EQ(branch_in(made).at("parent").to_number<int>(), 0);
  lab.post("/api/action", R"({"branch":1,"action":"wire: cut"})");
  lab.post("/api/run", R"({"branch":1,"until_ns":1000000000})");
  const auto a = lab.get("/api/events?branch=0&limit=31").at("events").as_array();
  const auto b = lab.get("/api/events?branch=1").at("events").as_array();
  ASSERT_GT(b.size(), 31U);
  for (std::size_t i = 0; i < 31; ++i) EXPECT_EQ(a[i], b[i]) << "event " << i;
  EXPECT_THAT(json::serialize(b), HasSubstr("lost while the cable is out"));
}

TEST(LabBackend, RepeatsARunFromItsPermalink) {
  Asked lab;
  lab.post("/api/open", R"({"scenario":"5"})");
  lab.post("/api/step", R"({"branch":0,"unit":"segment","count":9})");
  lab.post("/api/action", R"({"branch":0,"action":"wire: drop next ack"})");
  const auto ran = lab.post("/api/run", R"({"branch":0,"until_ns":3000000000})");
  const std::string link(branch_in(ran).at("permalink").as_string());
  const auto before = lab.get("/api/events?branch=0");
  lab.post("/api/open", json::serialize(json::object{{"permalink", link}}));
  ASSERT_EQ(lab.status, 200U);
  lab.post("/api/run", R"({"branch":0,"until_ns":3000000000})");
  EXPECT_EQ(lab.get("/api/events?branch=0").at("events"), before.at("events"));
}

TEST(LabBackend, SaysWhatIsWrong) {
  Asked lab;
  EXPECT_THAT(json::serialize(lab.post("/api/action", R"({"branch":0,"action":"client: fly"})")), HasSubstr("fly"));
  EXPECT_EQ(lab.status, 400U);
  lab.post("/api/step", "no json");
  EXPECT_EQ(lab.status, 400U);
  lab.post("/api/step", R"({"branch":7,"unit":"event"})");
  EXPECT_EQ(lab.status, 404U);
  lab.post("/api/step", R"({"branch":-7,"unit":"hop"})");
  EXPECT_EQ(lab.status, 400U);
  lab.post("/api/open", R"({"scenario":"99"})");
  EXPECT_EQ(lab.status, 400U);
  lab.get("/api/secrets");
  EXPECT_EQ(lab.status, 404U);
}

TEST(LabBackend, ExportsARun) {
  Asked lab;
  lab.post("/api/open", R"({"scenario":"5"})");
  lab.post("/api/run", R"({"branch":0,"until_ns":1000000000})");
  EXPECT_THAT(lab.body("/api/export?branch=0&as=json"), HasSubstr("\"event\":\"wire-sent\""));
  EXPECT_THAT(lab.body("/api/export?branch=0&as=ladder"), HasSubstr("SYN-RECEIVED"));
  const std::string capture = lab.body("/api/export?branch=0&as=pcapng");
  EXPECT_EQ(capture.substr(0, 4), "\x0a\x0d\x0d\x0a");
  EXPECT_GT(capture.size(), 1000U);
}

// What a stack tells of a handshake, as the page is told.
class Live {
 public:
  Live() {
    Setup setup;
    setup.script = {parse_timed_action("0ms server: listen 80", {}).value(),
                    parse_timed_action("1ms client: connect 80", {}).value()};
    experiment_.emplace(setup);
    experiment_->add_sink(kServer, log);
  }
  void go_on() { experiment_->run_until(experiment_->now() + std::chrono::milliseconds(100)); }
  std::optional<Reply> ask(std::string_view method, std::string_view target, bool patience_is_over = true) {
    return backend_.handle({method, target, "", "", "", "{}"}, patience_is_over);
  }
  json::object get(std::string_view target) { return json::parse(ask("GET", target)->body).as_object(); }

  LiveLog log;

 private:
  std::optional<Experiment> experiment_;
  LiveBackend backend_{log, {"kernel", Ipv4Address::from_octets(10, 0, 0, 1), Ipv4Address::from_octets(10, 0, 0, 2)}};
};

TEST(LiveBackend, TellsWhatHappensAndLinksFramesToSegments) {
  Live live;
  EXPECT_EQ(live.get("/api/session").at("kind"), "live");
  live.go_on();
  const std::string events = json::serialize(live.get("/api/events?from=0"));
  EXPECT_THAT(events, HasSubstr(R"("to":"ESTABLISHED")"));
  EXPECT_THAT(events, HasSubstr(R"("segment":)"));
  EXPECT_THAT(events, HasSubstr(R"("event":"wire-arrived")"));
}

TEST(LiveBackend, LetsAClientWaitForNews) {
  Live live;
  EXPECT_FALSE(live.ask("GET", "/api/events?from=0&wait=1", false)) << "nothing has happened yet";
  EXPECT_TRUE(live.ask("GET", "/api/events?from=0&wait=1", true));
  EXPECT_TRUE(live.ask("GET", "/api/events?from=0", false));
  live.go_on();
  EXPECT_TRUE(live.ask("GET", "/api/events?from=0&wait=1", false));
}

TEST(LiveBackend, DoesNotStep) {
  Live live;
  EXPECT_EQ(live.ask("POST", "/api/step")->status, 409U);
}

}  // namespace
}  // namespace fourtuple::lab::web
