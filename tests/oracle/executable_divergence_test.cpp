// SPDX-License-Identifier: MIT
#include <trimtab/oracle/executable_divergence.hpp>

#include "laws/oracle_guard_laws.hpp"
#include <cmath>

namespace trimtab {
namespace {

using oracle::executable_divergence;

constexpr timestamp now = at_unix(1'700'000'000);
constexpr executable_divergence guard{.limit = {300.0}, .executable = {.max_age = seconds{60}}};
constexpr guarded<executable_divergence::state_type> judge(double reference, double protocol, double paid,
                                                           seconds age = seconds{0}) {
  return guard.step({}, {.protocol = {protocol, now}, .reference = {reference, now}, .executable = {{paid}, now - age}},
                    now);
}
static_assert(judge(100.0, 100.0, 99.7).verdict == trust::ok);
static_assert(judge(100.0, 100.0, 90.0).verdict == trust::unknown &&
              judge(100.0, 100.0, 111.0).why == doubt::execution);
static_assert(judge(100.0, 100.0, 99.7, seconds{61}).why == doubt::age);

TEST(ExecutableDivergence, InEitherDirectionTheOneThatIsAloneIsWrong) {
  EXPECT_EQ(judge(99.0, 130.0, 99.0).verdict, trust::protocol_bad) << "the protocol overvalues";
  EXPECT_EQ(judge(99.0, 70.0, 99.0).verdict, trust::protocol_bad) << "the protocol undervalues, and liquidates";
  EXPECT_EQ(judge(130.0, 100.0, 99.0).verdict, trust::ours_bad);
  EXPECT_EQ(judge(70.0, 100.0, 99.0).verdict, trust::ours_bad);
  EXPECT_EQ(judge(120.0, 80.0, 100.0).verdict, trust::unknown);
}

/// A price hard-coded at 1.26 while the token trades at a quarter of it, and a staked token without its multiplier.
TEST(ExecutableDivergence, Incidents) {
  EXPECT_EQ(judge(0.305, 1.26, 0.30).verdict, trust::protocol_bad);
  EXPECT_EQ(judge(1.26, 1.26, 0.30).verdict, trust::unknown) << "both oracles hard-coded: at least no new risk";
  EXPECT_EQ(judge(2201.0, 1.12, 2195.0).verdict, trust::protocol_bad);
}

TEST(ExecutableDivergence, TheEdgeIsTheLimitOfARatio) {
  EXPECT_EQ(judge(103.0 * (1 - 1e-12), 100.0, 100.0).verdict, trust::ok);
  EXPECT_EQ(judge(103.0 * (1 + 1e-12), 100.0, 100.0).verdict, trust::ours_bad);
  EXPECT_EQ(judge(100.0, 100.0 / 1.03 * (1 + 1e-12), 100.0).verdict, trust::ok);
  EXPECT_EQ(judge(100.0, 100.0 / 1.03 * (1 - 1e-12), 100.0).verdict, trust::protocol_bad);
}

TEST(ExecutableDivergence, SilenceIsDoubtedUnlessAllowed) {
  EXPECT_EQ(guard.step({}, {{100.0, now}, {100.0, now}}, now).why, doubt::no_price);
  constexpr executable_divergence lenient{.executable = {.only_where_given = true}};
  EXPECT_EQ(lenient.step({}, {{100.0, now}, {100.0, now}}, now).verdict, trust::ok);
  for (const double bad : {0.0, infinity, std::nan("")})
    EXPECT_EQ((executable_divergence{.limit = {bad}}.validate()), errc::bad_configuration);
  EXPECT_EQ((executable_divergence{.executable = {.max_age = seconds{-1}}}.validate()), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct executable_case {
  static constexpr unsigned reads = reads_prices | reads_executable;
  static constexpr oracle::executable_divergence guard() { return {}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(ExecutableDivergence, OracleGuardLaws, executable_case);

}  // namespace
}  // namespace laws
}  // namespace trimtab
