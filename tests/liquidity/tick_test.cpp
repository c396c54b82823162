// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/tick.hpp>

#include <gtest/gtest.h>

#include "support/random.hpp"
#include "support/vectors.hpp"
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/multiprecision/cpp_bin_float.hpp>
#endif

namespace trimtab::liquidity {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
static_assert(sqrt_price_at_tick(0) == 1.0 && price_at_tick(0) == 1.0);
static_assert(price_at_tick(1) == 1.0001 && price_at_tick(2) == 1.00020001);
static_assert(sqrt_price_at_tick(2) == 1.0001);

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
using exact = boost::multiprecision::cpp_bin_float_50;
exact exact_root(double tick) {
  return boost::multiprecision::pow(exact(10001) / 10000, exact(tick) / 2);
}

TEST(Tick, OfAWholeTickItIsTheNearestDouble) {
  test::random_numbers random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto tick = static_cast<std::int32_t>(random.below(2 * 887'272 + 1)) + min_tick;
    EXPECT_EQ(sqrt_price_at_tick(tick), static_cast<double>(exact_root(tick))) << tick;
    EXPECT_EQ(price_at_tick(tick), static_cast<double>(exact_root(tick) * exact_root(tick))) << tick;
  }
}

TEST(Tick, OfAnyTickItIsWithinAnUlpAndBackAgain) {
  test::random_numbers random(2);
  for (int i = 0; i < 2000; ++i) {
    const double tick = random.uniform(-887'272.0, 887'272.0);
    const double root = sqrt_price_at_tick(tick);
    EXPECT_LE(static_cast<double>(abs(exact(root) / exact_root(tick) - 1)), epsilon) << tick;
    const exact real = 2 * log(exact(root)) / log(exact(10001) / 10000);
    // An ulp of the root is 2·10⁴ of it in ticks.
    EXPECT_LE(static_cast<double>(abs(exact(real_tick_at_sqrt_price(root)) - real)),
              epsilon * (std::fabs(tick) + 2e4))
        << tick;
  }
}
#endif

TEST(Tick, EveryWholeTickComesBackAndItsNeighboursDoNot) {
  for (std::int32_t tick = min_tick; tick < max_tick; tick += 97) {
    const double at = sqrt_price_at_tick(tick);
    EXPECT_EQ(tick_at_sqrt_price(at), tick);
    EXPECT_EQ(tick_at_sqrt_price(std::nextafter(at, 0.0)), tick - 1);
    EXPECT_EQ(tick_at_sqrt_price(std::nextafter(sqrt_price_at_tick(tick + 1), 0.0)), tick);
    EXPECT_EQ(real_tick_at_sqrt_price(at), tick);
  }
}

TEST(Tick, OutsideAllTicksThereIsNoPrice) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double tick : {nan, infinity, -infinity, 887'272.5, -887'273.0, 1e300}) {
    EXPECT_TRUE(std::isnan(sqrt_price_at_tick(tick)));
    EXPECT_TRUE(std::isnan(price_at_tick(tick)));
  }
  for (const double root : {nan, -1.0, 0.0, 5e-20}) {
    EXPECT_EQ(tick_at_sqrt_price(root), min_tick - 1);
    EXPECT_TRUE(std::isnan(real_tick_at_sqrt_price(root)));
  }
  EXPECT_EQ(tick_at_sqrt_price(infinity), max_tick);
  EXPECT_TRUE(std::isnan(real_tick_at_sqrt_price(1e20)));
}

// Both roundings of the contract, its own and ours of its 160 bits to 53, in units of the stated bound.
TEST(Tick, TheContractsRootsAreWithinTheStatedBound) {
  test::vector_file file("pools/univ3_tick_to_sqrt.csv");
  for (const test::row& row : file.rows()) {
    const long double theirs = std::ldexp(row.integer("sqrt_price_x96"), -96);
    const auto tick = static_cast<double>(test::number_of(row.text("tick")));
    const long double gap = std::fabs(sqrt_price_at_tick(tick) - theirs);
    const long double bound = std::ldexp(2.0L, -96) + 1e-13L * theirs;
    EXPECT_LE(gap, bound) << tick;
    file.count(gap / theirs);
  }
  file.report();
}

TEST(Tick, TheContractsTicksAreOursOrOneOffWithinTheStatedBound) {
  test::vector_file file("pools/univ3_sqrt_to_tick.csv");
  std::size_t on_an_edge = 0;
  for (const test::row& row : file.rows()) {
    const long double root = std::ldexp(row.integer("sqrt_price_x96"), -96);
    const auto theirs = static_cast<std::int32_t>(test::number_of(row.text("tick")));
    const std::int32_t ours = tick_at_sqrt_price(static_cast<double>(root));
    if (ours != theirs) {
      EXPECT_LE(std::abs(ours - theirs), 1) << theirs;
      const long double edge = sqrt_price_at_tick(ours < theirs ? theirs : ours);
      EXPECT_LE(std::fabs(edge - root), std::ldexp(2.0L, -96) + 1e-13L * root) << theirs;
      ++on_an_edge;
    }
    file.count(std::abs(ours - theirs));
  }
  file.report();
  std::printf("  of these on an edge, one tick off: %zu\n", on_an_edge);
}

}  // namespace
}  // namespace trimtab::liquidity
