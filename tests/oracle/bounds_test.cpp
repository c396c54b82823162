// SPDX-License-Identifier: MIT
#include <trimtab/oracle/bounds.hpp>

#include "laws/oracle_guard_laws.hpp"

namespace trimtab {
namespace {

using oracle::bounds;

constexpr timestamp now = at_unix(1'700'000'000);
constexpr bounds guard{.low = 0.95, .high = 1.05};
constexpr auto verdict(double reference, double protocol) {
  return guard.step({}, {{protocol, now}, {reference, now}}, now).verdict;
}
static_assert(verdict(0.95, 1.05) == trust::ok);
static_assert(verdict(1.0, 1.30) == trust::protocol_bad);
static_assert(verdict(1.30, 1.0) == trust::ours_bad);
static_assert(verdict(1.30, 1.30) == trust::both_bad, "both sides of one venue");

TEST(Bounds, EachSourceByItselfAndAHairsBreadth) {
  EXPECT_EQ(verdict(0.95, 1.0), trust::ok);
  EXPECT_EQ(verdict(0.95 - 1e-12, 1.0), trust::ours_bad);
  EXPECT_EQ(verdict(1.05 + 1e-12, 1.0), trust::ours_bad);
  EXPECT_EQ(verdict(1.0, 0.95 - 1e-12), trust::protocol_bad);
  EXPECT_EQ(verdict(1.0, 1.05 + 1e-12), trust::protocol_bad);
  EXPECT_EQ(guard.step({}, {{1.0, now}, {2.0, now}}, now).why, doubt::bounds);
  EXPECT_EQ(guard.step({}, {{1.0, now}, {-2.0, now}}, now).why, doubt::no_price);
}

/// Two incidents: a stablecoin printed at 1.30 on one venue, and a staked token priced without the ether it multiplies.
TEST(Bounds, SeeAMissingFactor) {
  EXPECT_EQ(verdict(1.002, 1.30), trust::protocol_bad);
  constexpr bounds staked_ether{.low = 500.0, .high = 20'000.0};
  EXPECT_EQ(staked_ether.step({}, {{1.12, now}, {2200.0, now}}, now).verdict, trust::protocol_bad);
}

TEST(Bounds, ByDefaultTakesEveryPriceAndNothingElse) {
  for (const double p : {1e-300, 1.0, 1e300})
    EXPECT_EQ(bounds{}.step({}, {{p, now}, {p, now}}, now).verdict, trust::ok);
  EXPECT_EQ(bounds{}.step({}, {{infinity, now}, {1.0, now}}, now).verdict, trust::protocol_bad);
}

TEST(Bounds, ACorridorUpsideDownIsRefused) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(bounds{}.validate(), errc::ok);
  EXPECT_EQ((bounds{.low = 1.0, .high = 1.0}.validate()), errc::ok);
  EXPECT_EQ((bounds{.low = 2.0, .high = 1.0}.validate()), errc::bad_configuration);
  EXPECT_EQ((bounds{.low = -1.0}.validate()), errc::bad_configuration);
  EXPECT_EQ((bounds{.low = nan}.validate()), errc::bad_configuration);
  EXPECT_EQ((bounds{.high = nan}.validate()), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct bounds_case {
  static constexpr unsigned reads = reads_prices;
  static constexpr oracle::bounds guard() { return {.low = 90.0, .high = 110.0}; }
  static constexpr oracle::bounds in_other_unit(double factor) {
    return {.low = 90.0 * factor, .high = 110.0 * factor};
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Bounds, OracleGuardLaws, bounds_case);

}  // namespace
}  // namespace laws
}  // namespace trimtab
