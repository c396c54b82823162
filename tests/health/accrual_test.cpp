// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/uint256.hpp>
#include <trimtab/health/accrual.hpp>
#include <trimtab/health/health_factor.hpp>

#include "support/random.hpp"
#include "support/scalar_archetype.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

namespace trimtab {
namespace {

using health::binomial_growth;
using health::binomial_growth_in_rays;
using health::growth_law;
using health::interest_index;
using health::linear_growth;
using health::per_second_growth;
using health::taylor_growth;
using T = test::tolerance<double>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr timestamp noon = at_unix(1'700'000'000);

// A rate of 2⁻⁸ a second for 16 seconds: x = 1/16.
static_assert(linear_growth(0x1p-8, seconds{16}) == 1.0625);
static_assert(taylor_growth(0.0, seconds{16}) == 1.0 && taylor_growth(0.5, seconds{0}) == 1.0);
// (1 + ½)³ is its own binomial, and so are one and two periods; four periods lose the last term, ¹⁄₁₆.
static_assert(binomial_growth(0.5, seconds{3}) == 3.375);
static_assert(binomial_growth(0.5, seconds{2}) == 2.25 && binomial_growth(0.5, seconds{1}) == 1.5);
static_assert(binomial_growth(0.5, seconds{4}) == 5.0625 - 0.0625);
static_assert(health::per_second(31'536'000.0) == 1.0);
static_assert(health::per_second(31'556'952.0, health::euler_year) == 1.0);
static_assert(health::effective_price<double>({2000.0}, 1.5).value == 3000.0);

static_assert(health::elapsed(at_unix(5), at_unix(7))->count() == 2 && health::elapsed(noon, noon)->count() == 0);
static_assert(health::elapsed(at_unix(7), at_unix(5)).error() == errc::time_backwards);
static_assert(health::elapsed(never, noon).error() == errc::bad_configuration);
static_assert(health::elapsed(timestamp::min(), timestamp::max()).error() == errc::bad_configuration);
static_assert(health::elapsed(noon, timestamp::max()).error() == errc::bad_configuration);
static_assert(std::is_trivially_copyable_v<interest_index>);

// Growth asks no more of its number than `Scalar` promises.
static_assert(requires(test::archetype a) {
  linear_growth(a, seconds{1});
  taylor_growth(a, seconds{1});
  binomial_growth(a, seconds{1});
  health::effective_price<test::archetype>({a}, a);
});

TEST(Accrual, WorkedFiguresOfAYearAtFivePerCent) {
  const double rate = health::per_second(0.05);
  EXPECT_TRUE(test::close(linear_growth(rate, year), 1.05, T::formula));
  EXPECT_TRUE(test::close(taylor_growth(rate, year), 1.0 + 0.05 + 0.00125 + 0.000125 / 6.0, T::formula));
  // e^0.05 = 1.0512710963760240…; the binomial keeps a little less, its floors again less.
  EXPECT_TRUE(test::close(per_second_growth(rate, year), 1.0512710963760240 - 4.2e-11, 1e-12));
  EXPECT_LT(binomial_growth(rate, year), taylor_growth(rate, year));
  EXPECT_LT(binomial_growth_in_rays(rate, year), binomial_growth(rate, year) - 1e-6);
  EXPECT_GT(binomial_growth_in_rays(rate, year), binomial_growth(rate, year) - 6e-6);
}

TEST(Accrual, FormulasAgreeWithLongDoubles) {
  test::random_numbers random(20200130);
  for (int i = 0; i < 20'000; ++i) {
    const double rate = health::per_second(random.log_uniform(1e-6, 5.0));
    const seconds dt{static_cast<long long>(random.log_uniform(1.0, 1e8))};
    const long double r = rate, n = static_cast<long double>(dt.count()), x = r * n;
    EXPECT_TRUE(test::close(linear_growth(rate, dt), static_cast<double>(1.0L + x), T::formula));
    EXPECT_TRUE(test::close(taylor_growth(rate, dt), static_cast<double>(1.0L + x + x * x / 2.0L + x * x * x / 6.0L),
                            T::formula));
    const long double pairs = n * (n - 1.0L) / 2.0L * r * r, triples = n * (n - 1.0L) * (n - 2.0L) / 6.0L * r * r * r;
    EXPECT_TRUE(test::close(binomial_growth(rate, dt), static_cast<double>(1.0L + x + pairs + triples), T::formula));
    const long double exponent = n * std::log1p(r);
    const auto exact = static_cast<double>(std::exp(exponent));
    EXPECT_TRUE(test::close(per_second_growth(rate, dt), exact,
                            (2.0 * static_cast<double>(exponent) + 2.0) * std::numeric_limits<double>::epsilon()));
    EXPECT_TRUE(test::close(linear_growth(static_cast<float>(rate), dt), static_cast<float>(1.0L + x),
                            test::tolerance<float>::formula));
  }
}

// Morpho's wTaylorCompounded, in its own integers.
TEST(Accrual, TaylorIsMorphosWithinThreeOfItsUnits) {
  __extension__ using integer = unsigned __int128;
  test::random_numbers random(20240110);
  for (int i = 0; i < 20'000; ++i) {
    const auto rate = static_cast<std::uint64_t>(random.log_uniform(1.0, 1e11));
    const std::uint64_t dt = 1 + random.below(2'000'000);
    const integer wad = 1'000'000'000'000'000'000ULL, a = static_cast<integer>(rate) * dt;
    const integer second = a * a / (2 * wad), third = second * a / (3 * wad);
    const long double contract = 1.0L + static_cast<long double>(a + second + third) / 1e18L;
    const double ours = taylor_growth(static_cast<double>(rate) / 1e18, seconds{static_cast<long long>(dt)});
    EXPECT_LE(std::fabs(ours - contract), 3e-18L + 1e-15L * contract) << rate << " " << dt;
  }
}

TEST(Accrual, LawsAreOrderedAndCompoundingComposes) {
  test::random_numbers random(20210420);
  for (int i = 0; i < 20'000; ++i) {
    const double rate = health::per_second(random.log_uniform(1e-3, 2.0));
    const seconds dt{1 + static_cast<long long>(random.below(100'000'000))},
        more{static_cast<long long>(random.below(1'000'000))};
    const double slack = 1.0 - T::route;
    EXPECT_LE(linear_growth(rate, dt) * slack, binomial_growth_in_rays(rate, dt));
    EXPECT_LE(binomial_growth_in_rays(rate, dt) * slack, binomial_growth(rate, dt));
    EXPECT_LE(binomial_growth(rate, dt) * slack, taylor_growth(rate, dt));
    EXPECT_LE(binomial_growth(rate, dt) * slack, per_second_growth(rate, dt));
    EXPECT_TRUE(test::close(per_second_growth(rate, dt) * per_second_growth(rate, more),
                            per_second_growth(rate, dt + more), T::route));
    for (const growth_law law : {growth_law::linear, growth_law::taylor, growth_law::per_second})
      EXPECT_LE(health::growth(law, rate, dt), health::growth(law, rate, dt + more) * (1.0 + T::route));
  }
}

// 5 % a year on Maker: duty 1000000001547125957863212448. As a double duty keeps seven digits of the rate; less one,
// all.
TEST(Accrual, ASmallRateKeepsItsDigits) {
  const uint256 ray = *uint256::power_of_ten(27), one{1};
  const auto duty = uint256::parse("1000000001547125957863212448");
  ASSERT_TRUE(duty.has_value());
  const double rate = *uint256::ratio(*duty->subtract(ray), one, ray, one, rounding::up);
  EXPECT_TRUE(test::close(rate, 1.547125957863212448e-9, T::formula));
  EXPECT_TRUE(test::close(per_second_growth(rate, year), 1.05, T::formula));
  const double rounded = *uint256::ratio(*duty, one, ray, one, rounding::down) - 1.0;
  EXPECT_FALSE(test::close(per_second_growth(rounded, year), 1.05, 1e-9)) << "what the other road loses";
}

TEST(Accrual, DecayOfHalfInTwelveHours) {
  const double loss = 1e-18 * 962'241'166'217'000.0;  // 1 − 0.999037758833783
  EXPECT_TRUE(test::close(health::per_minute_decay(loss, std::chrono::hours{12}), 0.5, 1e-12));
  EXPECT_EQ(health::per_minute_decay(loss, std::chrono::minutes{0}), 1.0);
  EXPECT_EQ(health::per_minute_decay(0.0, std::chrono::minutes{1'000'000}), 1.0);
  EXPECT_EQ(health::per_minute_decay(1.0, std::chrono::minutes{1}), 0.0);
  EXPECT_EQ(health::per_minute_decay(1.0, std::chrono::minutes{0}), 1.0);
  const double slow = 1e-10;
  EXPECT_EQ(health::per_minute_decay(slow, std::chrono::minutes{525'600'001}),
            health::per_minute_decay(slow, std::chrono::minutes{525'600'000}));
  EXPECT_TRUE(std::isnan(health::periodic_growth(-1.5, 2.0)));
}

TEST(InterestIndex, GrowsFromWhereItWasStored) {
  const interest_index supply{.index = 1.25, .rate = 0x1p-30, .updated = noon};
  EXPECT_EQ(*supply.at(noon), 1.25);
  EXPECT_EQ(*supply.at(noon + seconds{1 << 10}), 1.25 * (1.0 + 0x1p-20));
  for (const growth_law law : {growth_law::linear, growth_law::binomial, growth_law::taylor, growth_law::per_second}) {
    const interest_index side{.index = 1.1, .rate = health::per_second(0.3), .updated = noon, .law = law};
    EXPECT_EQ(*side.at(noon), 1.1) << "untouched";
    EXPECT_EQ(*side.at(noon + year), 1.1 * health::growth(law, side.rate, year));
  }
  EXPECT_EQ(*interest_index({.rate = 0.0, .updated = noon}).at(noon + year), 1.0);
}

TEST(InterestIndex, RefusesWhatItCannotProject) {
  const interest_index good{.index = 1.1, .rate = 1e-9, .updated = noon, .law = growth_law::per_second};
  const auto refused = [&](auto change, timestamp now = noon + year) {
    interest_index side = good;
    change(side);
    return side.at(now).error();
  };
  EXPECT_EQ(refused([](interest_index&) {}), errc::ok);
  EXPECT_EQ(refused([](interest_index&) {}, noon - seconds{1}), errc::time_backwards);
  EXPECT_EQ(refused([](interest_index&) {}, timestamp::max()), errc::bad_configuration);
  EXPECT_EQ(refused([](interest_index& s) { s.updated = never; }), errc::bad_configuration);
  EXPECT_EQ(interest_index{}.at(noon).error(), errc::bad_configuration) << "nobody said when it was stored";
  EXPECT_EQ(refused([](interest_index& s) { s.index = nan; }), errc::not_finite);
  EXPECT_EQ(refused([](interest_index& s) { s.rate = nan; }), errc::not_finite);
  EXPECT_EQ(refused([](interest_index& s) { s.rate = infinity; }), errc::not_finite);
  EXPECT_EQ(refused([](interest_index& s) { s.index = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(refused([](interest_index& s) { s.rate = -1.0; }), errc::bad_configuration);
  EXPECT_EQ(refused([](interest_index& s) { s.rate = 1.0; }), errc::overflow);
  EXPECT_EQ(refused([](interest_index& s) { s.rate = -0.5, s.law = growth_law::linear; }), errc::bad_configuration);
  EXPECT_EQ(refused([](interest_index& s) { s.law = static_cast<growth_law>(99); }), errc::bad_configuration);
}

// 10 scaled WETH at 1.02 and 12 000 scaled USDC at 1.05 are 10.2 WETH and 12 600 USDC.
TEST(InterestIndex, InterestIsPartOfThePrice) {
  form<> scaled, whole;
  ASSERT_EQ(scaled.collateral.add({10.0, 0.8, {0}, {1}}), errc::ok);
  ASSERT_EQ(scaled.debt.add({12'000.0, 1.0, {1}, {2}}), errc::ok);
  ASSERT_EQ(whole.collateral.add({10.2, 0.8, {0}, {1}}), errc::ok);
  ASSERT_EQ(whole.debt.add({12'600.0, 1.0, {1}, {2}}), errc::ok);
  const double effective[] = {health::effective_price<double>({2000.0}, 1.02).value,
                              health::effective_price<double>({1.0}, 1.05).value};
  const double plain[] = {2000.0, 1.0};
  EXPECT_TRUE(test::close(health_factor(scaled, oracle_prices<double>(effective)),
                          health_factor(whole, oracle_prices<double>(plain)), T::formula));
}

}  // namespace
}  // namespace trimtab
