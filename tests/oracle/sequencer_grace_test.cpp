// SPDX-License-Identifier: MIT
#include <trimtab/oracle/sequencer_grace.hpp>

#include "laws/oracle_guard_laws.hpp"

namespace trimtab {
namespace {

using oracle::sequencer_grace;

constexpr timestamp now = at_unix(1'700'000'000);
constexpr sequencer_grace guard{.grace = seconds{3600}};
constexpr trust verdict(bool up, timestamp since) {
  return guard.step({}, {.protocol = {100.0, now}, .reference = {100.0, now}, .sequencer = {up, since}}, now).verdict;
}
static_assert(verdict(true, never) == trust::ok, "there is none to ask");
static_assert(verdict(false, now) == trust::protocol_bad && verdict(false, never) == trust::protocol_bad);
static_assert(verdict(true, now) == trust::unknown);

TEST(SequencerGrace, EndsOnlyAfterTheLastSecond) {
  EXPECT_EQ(verdict(true, now - seconds{3599}), trust::unknown);
  EXPECT_EQ(verdict(true, now - seconds{3600}), trust::unknown) << "the contract asks for more than the grace";
  EXPECT_EQ(verdict(true, now - seconds{3601}), trust::ok);
  EXPECT_EQ(verdict(true, now + seconds{1}), trust::unknown);
  constexpr sequencer_grace none{.grace = seconds{0}};
  EXPECT_EQ(none.step({}, {.protocol = {}, .reference = {}, .sequencer = {true, now}}, now).verdict, trust::unknown);
  EXPECT_EQ(none.step({}, {.protocol = {}, .reference = {}, .sequencer = {true, now - seconds{1}}}, now).verdict,
            trust::ok);
}

TEST(SequencerGrace, NoGraceBelowZero) {
  EXPECT_EQ(guard.validate(), errc::ok);
  EXPECT_EQ((sequencer_grace{.grace = seconds{-1}}.validate()), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct sequencer_case {
  static constexpr unsigned reads = reads_sequencer;
  static constexpr oracle::sequencer_grace guard() { return {.grace = seconds{3600}}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(SequencerGrace, OracleGuardLaws, sequencer_case);

}  // namespace
}  // namespace laws
}  // namespace trimtab
