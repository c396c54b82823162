// SPDX-License-Identifier: MIT
#include <trimtab/oracle/max_deviation.hpp>

#include "laws/oracle_guard_laws.hpp"
#include <limits>

namespace trimtab {
namespace {

using oracle::max_deviation;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr timestamp now = at_unix(1'700'000'000);
constexpr max_deviation guard{.limit = {2500.0}};  // a quarter: exact in binary
constexpr trust verdict(double reference, double protocol) {
  return guard.step({}, {{protocol, now}, {reference, now}}, now).verdict;
}
static_assert(verdict(100.0, 100.0) == trust::ok);
static_assert(verdict(125.0, 100.0) == trust::ok && verdict(75.0, 100.0) == trust::ok);
static_assert(verdict(125.1, 100.0) == trust::unknown && verdict(74.9, 100.0) == trust::unknown);

TEST(MaxDeviation, DisagreementIsNobodysFaultUntilAThirdSourceSpeaks) {
  EXPECT_EQ(verdict(200.0, 100.0), trust::unknown);
  EXPECT_EQ(verdict(50.0, 100.0), trust::unknown);
}

TEST(MaxDeviation, TheProtocolsPriceIsTheMeasure) {
  // 100 is 20 % below 125 and 125 is 25 % above 100: with a limit in between it matters which is which.
  constexpr max_deviation between{.limit = {2200.0}};
  EXPECT_EQ(between.step({}, {{125.0, now}, {100.0, now}}, now).verdict, trust::ok);
  EXPECT_EQ(between.step({}, {{100.0, now}, {125.0, now}}, now).verdict, trust::unknown);
}

}  // namespace

namespace laws {
namespace {

struct deviation_case {
  static constexpr unsigned reads = reads_prices;
  static constexpr oracle::max_deviation guard() { return {.limit = {200.0}}; }
};
struct wide_deviation_case {
  static constexpr unsigned reads = reads_prices;
  static constexpr oracle::max_deviation guard() { return {.limit = {2500.0}}; }
};
using deviations = testing::Types<deviation_case, wide_deviation_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(MaxDeviation, OracleGuardLaws, deviations);

}  // namespace
}  // namespace laws

namespace {

TEST(MaxDeviation, AReferenceThatIsNoPriceIsOurs) {
  for (const double bad : {nan, 0.0, -1.0, infinity}) EXPECT_EQ(verdict(bad, 100.0), trust::ours_bad) << bad;
}

TEST(MaxDeviation, AProtocolPriceThatIsNoPriceIsNeverOk) {
  for (const double bad : {nan, 0.0, -1.0, infinity, -infinity}) EXPECT_NE(verdict(100.0, bad), trust::ok) << bad;
}

TEST(MaxDeviation, ALimitOfNothingIsRefused) {
  EXPECT_EQ((max_deviation{.limit = {0.0}}.validate()), errc::bad_configuration);
  EXPECT_EQ((max_deviation{.limit = {-1.0}}.validate()), errc::bad_configuration);
  EXPECT_EQ((max_deviation{.limit = {nan}}.validate()), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
