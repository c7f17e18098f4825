#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/laboratory/settings.hpp"

namespace fourtuple::laboratory {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(LaboratorySettings, ApplyWhatTheyName) {
  laboratory::Setup setup;
  EXPECT_THAT(apply_settings("rcvbuf=65536,sndbuf=4096,delack_ms=10,syn_options=freebsd,timestamps=0,sack=0,wscale=0,"
                             "initcwnd=3,local=10.1.2.3/8,gateway=10.0.0.1,mtu=1280,seed=18446744073709551615",
                             setup),
              IsEmpty());
  EXPECT_EQ(setup.stack.tcp.receive_buffer_bytes, 65536U);
  EXPECT_EQ(setup.stack.tcp.send_buffer_bytes, 4096U);
  EXPECT_EQ(setup.stack.tcp.delayed_ack, 10ms);
  EXPECT_EQ(setup.stack.tcp.syn_options, SynOptionOrder::kFreeBsd);
  EXPECT_FALSE(setup.stack.tcp.timestamps || setup.stack.tcp.sack || setup.stack.tcp.window_scaling);
  EXPECT_EQ(setup.stack.tcp.initial_window_segments, 3U);
  EXPECT_EQ(to_string(setup.address), "10.1.2.3/8");
  EXPECT_EQ(to_string(setup.gateway), "10.0.0.1");
  EXPECT_EQ(setup.mtu, 1280U);
  EXPECT_EQ(setup.seed, ~std::uint64_t{0});
}

TEST(LaboratorySettings, CountRetriesAndLimits) {
  laboratory::Setup setup;
  EXPECT_THAT(apply_settings("retries1=1,retries=2,orphan_retries=3,syn_ack_retries=0,challenge_acks=5,syn_backlog=6,"
                             "dsack=0,time_wait_ms=1000,min_rto_ms=1,initial_rto_ms=2,max_rto_ms=3,isn=0",
                             setup),
              IsEmpty());
  const tcp::TcpConfig& tcp = setup.stack.tcp;
  EXPECT_EQ(tcp.retries_r1, 1U);
  EXPECT_EQ(tcp.retries_r2, 2U);
  EXPECT_EQ(tcp.orphan_retries, 3U);
  EXPECT_EQ(tcp.syn_ack_retries, 0U);
  EXPECT_EQ(tcp.challenge_acks_per_second, 5U);
  EXPECT_EQ(tcp.max_syn_backlog, 6U);
  EXPECT_FALSE(tcp.duplicate_sack);
  EXPECT_EQ(tcp.time_wait, 1s);
  EXPECT_EQ(tcp.min_rto, 1ms);
  EXPECT_EQ(tcp.initial_rto, 2ms);
  EXPECT_EQ(tcp.max_rto, 3ms);
  EXPECT_EQ(tcp.fixed_initial_sequence, 0U);
}

TEST(LaboratorySettings, KnowEveryControllerByName) {
  laboratory::Setup setup;
  EXPECT_THAT(apply_settings("congestion=reno", setup), IsEmpty());
  EXPECT_EQ(setup.stack.tcp.congestion, "reno");
  EXPECT_THAT(apply_settings("congestion=hope", setup), ElementsAre(HasSubstr("'hope' is no value for congestion")));
  EXPECT_EQ(setup.stack.tcp.congestion, "reno");
}

TEST(LaboratorySettings, OfNothingChangeNothing) {
  laboratory::Setup setup;
  EXPECT_THAT(apply_settings("", setup), IsEmpty());
  EXPECT_THAT(apply_settings(",,", setup), IsEmpty());
}

TEST(LaboratorySettings, ThatAreUnknownAreNamedAndTheOthersApplied) {
  laboratory::Setup setup;
  EXPECT_THAT(apply_settings("rcvbuffer=1,mtu=1000,nonsense", setup),
              ElementsAre("no setting is called 'rcvbuffer'", "'nonsense' is no setting: write NAME=VALUE"));
  EXPECT_EQ(setup.mtu, 1000U);
}

TEST(LaboratorySettings, RefuseValuesThatAreNone) {
  for (const char* const text :
       {"rcvbuf=", "rcvbuf=-1", "rcvbuf=64k", "rcvbuf=1", "rcvbuf=99999999999999999999", "mtu=67", "mtu=65536",
        "timestamps=yes", "sack=2", "local=10.0.0.1/33", "local=0.0.0.0/8", "local=10.0.0.1/0", "gateway=ten",
        "initcwnd=0", "delack_ms=86400001", "syn_options=solaris", "seed=x"}) {
    laboratory::Setup setup;
    EXPECT_THAT(apply_settings(text, setup), ElementsAre(HasSubstr("is no value for"))) << text;
  }
}

TEST(LaboratorySettings, AreListedForPeople) {
  EXPECT_THAT(known_settings(), testing::Contains("syn_options=linux|freebsd  order of the options on a SYN"));
}

}  // namespace
}  // namespace fourtuple::laboratory
