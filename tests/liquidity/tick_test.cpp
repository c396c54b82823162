// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/tick.hpp>
#include <trimtab/liquidity/tick_table.hpp>

#include "support/doubled_of.hpp"
#include "support/random.hpp"
#include "support/vectors.hpp"
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/multiprecision/cpp_bin_float.hpp>
#endif

namespace trimtab::liquidity {
namespace {

static_assert(sqrt_price_at_tick(0).high == 1.0 && price_at_tick(0) == 1.0);
static_assert(price_at_tick(1) == 1.0001 && price_at_tick(2) == 1.00020001);
static_assert(sqrt_price_at_tick(2).high == 1.0001);

long double long_of(const doubled<double>& x) {
  return static_cast<long double>(x.high) + x.low;
}

TEST(Tick, EachPowerIsTheSquareOfTheOneBefore) {
  for (std::size_t i = 0; i < 19; ++i) {
    const doubled<double> square = sqrt_price_at_tick(1 << i) * sqrt_price_at_tick(1 << i);
    const doubled<double> gap = square - sqrt_price_at_tick(1 << (i + 1));
    EXPECT_LE(std::fabs(gap.high), 0x1p-102 * square.high) << i;
  }
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
using exact = boost::multiprecision::cpp_bin_float_50;
exact exact_root(double tick) {
  return boost::multiprecision::pow(exact(10001) / 10000, exact(tick) / 2);
}

exact exact_of(const doubled<double>& x) {
  return exact(x.high) + exact(x.low);
}

TEST(Tick, OfAWholeTickItIsRightToTwiceTheDigits) {
  test::random_numbers random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto tick = static_cast<std::int32_t>(random.below(2 * 887'272 + 1)) + min_tick;
    const exact root = exact_root(tick);
    EXPECT_LE(static_cast<double>(abs(exact_of(sqrt_price_at_tick(tick)) / root - 1)), 0x1p-99) << tick;
    EXPECT_EQ(sqrt_price_at_tick(tick).high, static_cast<double>(root)) << tick;
    EXPECT_EQ(price_at_tick(tick), static_cast<double>(root * root)) << tick;
  }
}

TEST(Tick, OfAnyTickItIsThatAndBackAgain) {
  test::random_numbers random(2);
  for (int i = 0; i < 2000; ++i) {
    const double tick = random.uniform(-887'272.0, 887'272.0);
    const doubled<double> root = sqrt_price_at_tick(tick);
    EXPECT_LE(static_cast<double>(abs(exact_of(root) / exact_root(tick) - 1)), 2e-20) << tick;
    EXPECT_LE(std::fabs(real_tick_at_sqrt_price(root) - tick),
              std::numeric_limits<double>::epsilon() * (std::fabs(tick) + 1.0))
        << tick;
  }
}
#endif

TEST(Tick, EveryWholeTickComesBackAndItsNeighboursDoNot) {
  for (std::int32_t tick = min_tick; tick < max_tick; tick += 97) {
    const doubled<double> at = sqrt_price_at_tick(tick), next = sqrt_price_at_tick(tick + 1);
    EXPECT_EQ(tick_at_sqrt_price(at), tick);
    EXPECT_EQ(tick_at_sqrt_price(at - doubled<double>(at.high * 0x1p-80)), tick - 1);
    EXPECT_EQ(tick_at_sqrt_price(next - doubled<double>(next.high * 0x1p-80)), tick);
    EXPECT_EQ(real_tick_at_sqrt_price(at), tick);
  }
}

TEST(Tick, OutsideAllTicksThereIsNoPrice) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double tick : {nan, infinity, -infinity, 887'272.5, -887'273.0, 1e300}) {
    EXPECT_TRUE(std::isnan(sqrt_price_at_tick(tick).high));
    EXPECT_TRUE(std::isnan(price_at_tick(tick)));
  }
  for (const double root : {nan, -1.0, 0.0, 5e-20}) {
    EXPECT_EQ(tick_at_sqrt_price(root), min_tick - 1);
    EXPECT_TRUE(std::isnan(real_tick_at_sqrt_price(root)));
  }
  EXPECT_EQ(tick_at_sqrt_price(infinity), max_tick);
  EXPECT_TRUE(std::isnan(real_tick_at_sqrt_price(1e20)));
}

// In 64 bits of the contract's 160 where it has as many.
TEST(Tick, TheContractsRootsAreWithinTheStatedBound) {
  test::vector_file file("pools/univ3_tick_to_sqrt.csv");
  for (const test::row& row : file.rows()) {
    const long double theirs = std::ldexp(row.integer("sqrt_price_x96"), -96);
    const auto tick = static_cast<double>(test::number_of(row.text("tick")));
    const long double gap = theirs - long_of(sqrt_price_at_tick(tick)), step = std::ldexp(1.0L, -96);
    const long double read = theirs * 0x1p-63L;
    EXPECT_LE(gap, 2.0L * step + read) << tick;
    EXPECT_GE(gap, -read) << tick;
    file.count(std::fabs(gap) / (step + read));
  }
  file.report();
}

TEST(Tick, TheContractsTicksAreOursOrOneLessWithinTheStatedBound) {
  test::vector_file file("pools/univ3_sqrt_to_tick.csv");
  std::size_t on_an_edge = 0;
  for (const test::row& row : file.rows()) {
    const doubled<double> root = liquidity::sqrt_price_from_x96(test::doubled_of(row.text("sqrt_price_x96")));
    const auto theirs = static_cast<std::int32_t>(test::number_of(row.text("tick")));
    const std::int32_t ours = tick_at_sqrt_price(root);
    if (ours != theirs) {
      EXPECT_EQ(ours, theirs + 1);
      const double above = (root - sqrt_price_at_tick(ours)).high;
      EXPECT_LE(above, 0x1p-95 + 1e-19 * root.high) << theirs;
      ++on_an_edge;
    }
    file.count(std::abs(ours - theirs));
  }
  file.report();
  std::printf("  of these within the bound above a whole tick: %zu\n", on_an_edge);
}

}  // namespace
}  // namespace trimtab::liquidity
