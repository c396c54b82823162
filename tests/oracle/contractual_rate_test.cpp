// SPDX-License-Identifier: MIT
#include <trimtab/oracle/contractual_rate.hpp>

#include "laws/oracle_guard_laws.hpp"
#include <cmath>

namespace trimtab {
namespace {

using oracle::contractual_rate;
using oracle::rate_cap;

constexpr timestamp now = at_unix(1'773'100'800);  // 10 March 2026
constexpr contractual_rate guard{.discount = {200.0}, .premium = {100.0}};
constexpr trust verdict(double market, double protocol, double promise) {
  return guard.step({}, {.protocol = {protocol, now}, .reference = {market, now}, .contractual = {promise, now}}, now)
      .verdict;
}
static_assert(verdict(99.0, 100.0, 100.0) == trust::ok);
static_assert(verdict(94.0, 100.0, 100.0) == trust::unknown, "the market does not believe the promise");
static_assert(verdict(99.9, 1.12, 100.0) == trust::protocol_bad);

TEST(ContractualRate, TheMarketIsNeverAccusedByAPromise) {
  for (const double market : {1.0, 50.0, 97.0, 102.0, 200.0})
    for (const double protocol : {1.0, 50.0, 97.0, 100.0, 102.0, 200.0})
      EXPECT_EQ(verdict(market, protocol, 100.0), trust::unknown) << market << ' ' << protocol;
}

TEST(ContractualRate, DiscountAndPremiumHaveTheirOwnEdges) {
  EXPECT_EQ(verdict(98.0 * (1 + 1e-12), 101.0 * (1 - 1e-12), 100.0), trust::ok);
  EXPECT_EQ(verdict(98.0 * (1 - 1e-12), 100.0, 100.0), trust::unknown);
  EXPECT_EQ(verdict(101.0 * (1 + 1e-12), 100.0, 100.0), trust::unknown);
  EXPECT_EQ(verdict(100.0, 98.0 * (1 - 1e-12), 100.0), trust::protocol_bad);
  EXPECT_EQ(verdict(100.0, 101.0 * (1 + 1e-12), 100.0), trust::protocol_bad);
}

/// The incident of 10 March 2026: the snapshot's rate could rise by only a little at once while its moment was set
/// anew, so the ceiling stood 2.85 % below the rate; healthy accounts were liquidated on it.
TEST(ContractualRate, ACapThatBindsIsTheProtocolsFault) {
  constexpr double rate = 1.2280, ether = 2000.0;
  const double stale = rate * (1.0 - 0.0285);
  const rate_cap broken{.snapshot = stale, .since = now, .growth = 0.0968};
  EXPECT_NEAR(broken.capped(rate, now) / rate, 1.0 - 0.0285, 1e-15);
  EXPECT_EQ(verdict(rate * ether * 0.9995, broken.capped(rate, now) * ether, rate * ether), trust::protocol_bad);
  // With the moment at which that rate was the rate, it would not have bound.
  const rate_cap sound{.snapshot = stale, .since = now - seconds{365LL * 86'400}, .growth = 0.0968};
  EXPECT_EQ(sound.capped(rate, now), rate);
  EXPECT_EQ(verdict(rate * ether * 0.9995, sound.capped(rate, now) * ether, rate * ether), trust::ok);
}

TEST(ContractualRate, TheCeilingGrowsInAStraightLine) {
  constexpr rate_cap cap{.snapshot = 1.1, .since = now, .growth = 0.1};
  EXPECT_EQ(cap.ceiling(now), 1.1);
  EXPECT_NEAR(cap.ceiling(now + year), 1.21, 1e-15);
  EXPECT_NEAR(cap.ceiling(now + year / 2), 1.155, 1e-15);
  EXPECT_EQ(cap.capped(1.0, now), 1.0);
  EXPECT_EQ(cap.capped(1.2, now), 1.1);
  EXPECT_TRUE(std::isnan(cap.ceiling(now - seconds{1})));
  EXPECT_TRUE(std::isnan(cap.capped(1.0, now - seconds{1})));
  EXPECT_TRUE(std::isnan(cap.capped(std::nan(""), now)));
}

TEST(ContractualRate, APromiseThatIsStaleOrMissingKnowsNothing) {
  const auto at = [](observation promise) {
    return guard.step({}, {.protocol = {100.0, now}, .reference = {100.0, now}, .contractual = promise}, now);
  };
  EXPECT_EQ(at({100.0, now - seconds{3600}}).verdict, trust::ok);
  EXPECT_EQ(at({100.0, now - seconds{3601}}).why, doubt::age);
  EXPECT_EQ(at({}).why, doubt::no_price);
  constexpr contractual_rate lenient{.promise = {.only_where_given = true}};
  EXPECT_EQ(lenient.step({}, {{100.0, now}, {100.0, now}}, now).verdict, trust::ok) << "ether itself";
}

TEST(ContractualRate, CorridorsThatAreNoneAreRefused) {
  EXPECT_EQ(guard.validate(), errc::ok);
  for (const double bad : {-1.0, 1e4, std::nan("")})
    EXPECT_EQ((contractual_rate{.discount = {bad}}.validate()), errc::bad_configuration);
  for (const double bad : {-1.0, infinity, std::nan("")})
    EXPECT_EQ((contractual_rate{.premium = {bad}}.validate()), errc::bad_configuration);
  EXPECT_EQ((contractual_rate{.promise = {.max_age = seconds{-1}}}.validate()), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct promise_case {
  static constexpr unsigned reads = reads_prices | reads_contractual;
  static constexpr oracle::contractual_rate guard() { return {}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(ContractualRate, OracleGuardLaws, promise_case);

}  // namespace
}  // namespace laws
}  // namespace trimtab
