// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/concentrated.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/oracle/manipulation_cost.hpp>
#include <trimtab/oracle/time_weighted.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using oracle::averaging;
using oracle::cost_to_move;
using oracle::multiple_to_move;
using oracle::pool_depth;
using oracle::pusher;

/// Puts the multiple into a path and takes the mean again.
TEST(ManipulationCost, TheMultipleMovesTheMeanByTheShift) {
  test::random_numbers random(61);
  const timestamp start = at_unix(1'700'000'000);
  for (int round = 0; round < 2000; ++round) {
    const long long window = 1 + static_cast<long long>(random.below(100)),
                    held = 1 + static_cast<long long>(random.below(static_cast<std::uint64_t>(window)));
    const double shift = random.uniform(-0.3, 0.5);
    const long long before = static_cast<long long>(random.below(static_cast<std::uint64_t>(window - held) + 1));
    for (const averaging mean : {averaging::arithmetic, averaging::geometric}) {
      const auto multiple = multiple_to_move(mean, shift, blocks{window}, blocks{held});
      if (!multiple.has_value()) {
        ASSERT_EQ(mean, averaging::arithmetic);
        ASSERT_LE(shift, -static_cast<double>(held) / static_cast<double>(window) * (1 - 1e-12));
        continue;
      }
      const observation path[] = {{100.0, start - seconds{1}},
                                  {100.0 * *multiple, start + seconds{12 * before}},
                                  {100.0, start + seconds{12 * (before + held)}}};
      const auto means = oracle::means_over(path, start, start + seconds{12 * window});
      ASSERT_TRUE(means.has_value());
      const double got = mean == averaging::arithmetic ? means->arithmetic : means->geometric;
      ASSERT_NEAR(got, 100.0 * (1.0 + shift), 1e-11);
    }
  }
}

TEST(ManipulationCost, AnArithmeticMeanHasAFloorAndAGeometricOneHasNot) {
  EXPECT_EQ(multiple_to_move(averaging::arithmetic, -0.05, 20_blocks, 1_blocks).error(), errc::infeasible);
  EXPECT_GT(*multiple_to_move(averaging::arithmetic, -0.05 * (1 - 1e-12), 20_blocks, 1_blocks), 0.0);
  EXPECT_NEAR(*multiple_to_move(averaging::geometric, -0.05, 20_blocks, 1_blocks), std::pow(0.95, 20.0), 1e-15);
  EXPECT_NEAR(*multiple_to_move(averaging::arithmetic, 0.05, 150_blocks, 1_blocks), 8.5, 1e-14);
  EXPECT_NEAR(*multiple_to_move(averaging::geometric, 0.05, 150_blocks, 1_blocks), std::pow(1.05, 150.0), 1e-10);
  EXPECT_EQ(multiple_to_move(averaging::geometric, 1.0, 10'000_blocks, 1_blocks).error(), errc::infeasible)
      << "2^10 000";
  EXPECT_EQ(multiple_to_move(averaging::geometric, -1.0, 10_blocks, 1_blocks).error(), errc::infeasible);
}

/// The trade carried out on the pool, and the pool traded back: to the true price by others, or by whoever pushed it.
TEST(ManipulationCost, CarriedOutOnAPool) {
  test::random_numbers random(67);
  for (int round = 0; round < 2000; ++round) {
    const double price = random.log_uniform(1e-3, 1e5), quote = random.log_uniform(1e3, 1e9), base = quote / price;
    const basis_points fee{round % 3 == 0 ? 0.0 : random.uniform(1.0, 100.0)};
    const double shift = random.uniform(-0.02, 0.3);
    const averaging mean = round % 2 == 0 ? averaging::arithmetic : averaging::geometric;
    const auto cost = cost_to_move({.quote = quote, .fee = fee}, mean, shift, 10_blocks);
    ASSERT_TRUE(cost.has_value());
    // Up: quote in, base out; down: base in, quote out. Everything in base currency at the true price.
    const bool up = shift > 0.0;
    const liquidity::constant_product pool =
        up ? liquidity::constant_product{quote, base, fee} : liquidity::constant_product{base, quote, fee};
    const double in = up ? cost->capital : cost->capital / price, out = pool.amount_out(in);
    // Without fees, which stand outside: the reserves afterwards and the price they show.
    const double kept = in * fee.complement();
    const double shown = up ? (quote + kept) / (base - out) : (quote - out) / (base + kept);
    ASSERT_NEAR(shown / price, cost->multiple, 1e-9 * cost->multiple);
    const double value_in = up ? in : in * price, value_out = up ? out * price : out;
    ASSERT_NEAR(value_in - value_out, cost->cost(), 1e-9 * value_in);
    ASSERT_NEAR(cost->fees, value_in * fee.fraction(), 1e-9 * value_in);
    // A proposer trades the same pool back: put in what brings the reserves to where they were.
    const auto own = cost_to_move({.quote = quote, .fee = fee}, mean, shift, 10_blocks, 1_blocks, pusher::proposer);
    ASSERT_EQ(own->capital, cost->capital);
    ASSERT_EQ(own->arbitrage, 0.0);
    const double back_in = out / fee.complement();  // more than he got, by the fee
    const double paid = value_in - (up ? kept : kept * price) + (up ? (back_in - out) * price : back_in - out);
    ASSERT_NEAR(own->fees, paid, 1e-9 * value_in);
    ASSERT_LE(own->cost(), 2.0 * fee.fraction() / fee.complement() * value_in * (1 + 1e-12));
  }
}

/// A range that ends: the overpayment integrated along the price, in 64 bits.
TEST(ManipulationCost, ARangeOfLiquidityIntegrated) {
  for (const double shift : {0.004, 0.02, 0.05, -0.004, -0.02, -0.05}) {
    constexpr double price = 2000.0, liquidity = 5e6, low = 1900.0, high = 2150.0;
    const pool_depth depth{
        .quote = liquidity * std::sqrt(price), .fee = {0.0}, .up = high / price, .down = low / price};
    const auto cost = cost_to_move(depth, averaging::geometric, shift, 10_blocks);
    ASSERT_TRUE(cost.has_value());
    const long double target = 2000.0L * static_cast<long double>(cost->multiple);
    const long double end = target > 2000.0L ? std::min(target, 2150.0L) : std::max(target, 1900.0L);
    constexpr int steps = 100'000;
    long double capital = 0.0L, loss = 0.0L;
    const long double h = std::log(end / 2000.0L) / steps;
    for (int i = 0; i < steps; ++i) {
      const long double q = 2000.0L * std::exp(h * (i + 0.5L));
      const long double base = 5e6L / (2.0L * std::sqrt(q)) * std::fabs(h);  // |dx| for d ln q
      capital += base * (h > 0.0L ? q : 2000.0L);
      loss += base * std::fabs(q - 2000.0L);
    }
    EXPECT_NEAR(cost->capital, static_cast<double>(capital), 1e-8 * cost->capital) << shift;
    EXPECT_NEAR(cost->arbitrage, static_cast<double>(loss), 1e-8 * cost->arbitrage) << shift;
  }
}

TEST(ManipulationCost, BeyondTheRangeThePriceMovesForNothingUpToTheLastTick) {
  const double most = std::pow(1.0001, 887'272) / 2000.0;
  const pool_depth depth{.quote = 1e6, .up = 1.1, .down = 0.9, .most = most, .least = 1e-41};
  const auto near = cost_to_move(depth, averaging::geometric, 0.02, 10_blocks),
             far = cost_to_move(depth, averaging::geometric, 1.0, 50_blocks);
  EXPECT_GT(near->multiple, 1.1);
  EXPECT_EQ(near->cost(), far->cost());
  EXPECT_EQ(near->capital, far->capital);
  EXPECT_EQ(cost_to_move(depth, averaging::geometric, 1.0, 200_blocks).error(), errc::infeasible)
      << "2^200 is beyond it";
  EXPECT_EQ(cost_to_move(depth, averaging::geometric, -0.9, 200_blocks).error(), errc::infeasible);
}

/// A curve without a closed form here: the depth's formula where it has one, and a pool of several ranges with a gap.
TEST(ManipulationCost, AgainstAnyCurve) {
  test::random_numbers random(73);
  for (int round = 0; round < 500; ++round) {
    const double price = random.log_uniform(1e-3, 1e5), quote = random.log_uniform(1e3, 1e9);
    const basis_points fee{random.uniform(0.0, 100.0)};
    const double shift = random.uniform(-0.05, 0.3);
    const long long held = 1 + static_cast<long long>(random.below(3));
    const liquidity::constant_product up{quote, quote / price, fee}, down{quote / price, quote, fee};
    for (const pusher by : {pusher::arbitraged, pusher::proposer}) {
      const auto formula =
          cost_to_move({.quote = quote, .fee = fee}, averaging::geometric, shift, 10_blocks, blocks{held}, by);
      const auto curve = cost_to_move(shift > 0.0 ? up : down, fee, shift > 0.0 ? 1.0 : price, averaging::geometric,
                                      shift, 10_blocks, blocks{held}, by);
      ASSERT_TRUE(curve.has_value());
      ASSERT_NEAR(curve->capital, formula->capital, 1e-11 * formula->capital);
      ASSERT_NEAR(curve->arbitrage, formula->arbitrage, 1e-9 * formula->arbitrage + 1e-12 * formula->capital);
      ASSERT_NEAR(curve->fees, formula->fees, 1e-11 * formula->fees);
    }
  }
  // L = 2.5e6 up to tick 30, 5e5 up to 200, nothing up to 300, 8e4 up to 900.
  constexpr std::array<liquidity::initialised_tick, 6> ends{
      {{-1000, 5e5}, {-20, 2e6}, {30, -2e6}, {200, -5e5}, {300, 8e4}, {900, -8e4}}};
  std::array<liquidity::tick_node, 6> nodes{};
  const auto table = liquidity::build_tick_table(ends, nodes);
  ASSERT_TRUE(table.has_value());
  const liquidity::concentrated pool{
      .ticks = *table, .sqrt_price = 1.0, .direction = liquidity::swap_direction::second_for_first, .fee = {5.0}};
  for (const int tick : {10, 30, 120, 200, 250, 300, 700}) {
    long double in = 0.0L, base = 0.0L;
    const auto root = [](int at_tick) { return std::pow(1.0001L, static_cast<long double>(at_tick) / 2.0L); };
    for (const auto& [low, high, depth] :
         {std::array{0L, 30L, 2'500'000L}, std::array{30L, 200L, 500'000L}, std::array{300L, 900L, 80'000L}}) {
      const int top = std::min(tick, static_cast<int>(high)), bottom = static_cast<int>(low);
      if (top <= bottom) continue;
      in += static_cast<long double>(depth) * (root(top) - root(bottom));
      base += static_cast<long double>(depth) * (1.0L / root(bottom) - 1.0L / root(top));
    }
    const double shift = std::expm1(tick * std::log1p(1e-4) / 10.0);
    const auto cost = cost_to_move(pool, {5.0}, 1.0, averaging::geometric, shift, 10_blocks);
    ASSERT_TRUE(cost.has_value());
    EXPECT_NEAR(cost->capital, static_cast<double>(in) / 0.9995, 1e-9 * cost->capital) << tick;
    EXPECT_NEAR(cost->arbitrage, static_cast<double>(in - base), 1e-9 * cost->capital) << tick;
    EXPECT_NEAR(cost->fees, static_cast<double>(in) * 0.0005 / 0.9995, 1e-9 * cost->capital) << tick;
  }
  const auto all = cost_to_move(pool, {5.0}, 1.0, averaging::geometric, 1.0, 10_blocks);
  EXPECT_NEAR(all->capital, pool.capacity(), 1e-9 * pool.capacity()) << "past its end the price moves for nothing";
  EXPECT_EQ(cost_to_move(pool, {5.0}, 1.0, averaging::geometric, 1.0, 10_blocks, 1_blocks, pusher::arbitraged, 1000.0)
                .error(),
            errc::infeasible);
  EXPECT_EQ(cost_to_move(pool, {1e4}, 1.0, averaging::geometric, 0.1, 10_blocks).error(), errc::bad_configuration);
  EXPECT_EQ(cost_to_move(pool, {5.0}, 0.0, averaging::geometric, 0.1, 10_blocks).error(), errc::non_positive_price);
  EXPECT_EQ(cost_to_move(pool, {5.0}, std::nan(""), averaging::geometric, 0.1, 10_blocks).error(), errc::not_finite);
  EXPECT_EQ(cost_to_move(liquidity::concentrated{.sqrt_price = 1.0}, {5.0}, 1.0, averaging::geometric, 0.1, 10_blocks)
                ->capital,
            0.0);
}

TEST(ManipulationCost, UpAndDownCostTheSameAndNothingCostsNothing) {
  const pool_depth depth{.quote = 1e6};
  for (const double shift : {0.01, 0.1, 0.5}) {
    const auto up = cost_to_move(depth, averaging::geometric, shift, 12_blocks),
               down = cost_to_move(depth, averaging::geometric, 1.0 / (1.0 + shift) - 1.0, 12_blocks);
    EXPECT_NEAR(up->capital, down->capital, 1e-9 * up->capital);
    EXPECT_NEAR(up->cost(), down->cost(), 1e-9 * up->cost());
  }
  const auto none = cost_to_move(depth, averaging::arithmetic, 0.0, 12_blocks);
  EXPECT_EQ(none->capital, 0.0);
  EXPECT_EQ(none->cost(), 0.0);
}

/// A far push of an arithmetic mean is cheaper in one block than in all, as the paper finds, and a slight one is not;
/// of a geometric mean every push is the cheaper the more blocks share it.
TEST(ManipulationCost, OneBlockAgainstMany) {
  const pool_depth depth{.quote = 1e8, .fee = {0.0}};
  const auto cost = [&](averaging mean, double shift, long long held) {
    return cost_to_move(depth, mean, shift, 30_blocks, blocks{held})->cost();
  };
  EXPECT_LT(cost(averaging::arithmetic, 3.0, 1), 0.6 * cost(averaging::arithmetic, 3.0, 30));
  EXPECT_GT(cost(averaging::arithmetic, 0.05, 1), cost(averaging::arithmetic, 0.05, 30));
  for (const double shift : {-0.3, -0.01, 0.05, 0.2, 3.0})
    for (long long held = 1; held < 30; ++held)
      EXPECT_GT(cost(averaging::geometric, shift, held), cost(averaging::geometric, shift, held + 1));
  // A proposer loses fees only, however long he holds it.
  const auto own = [&](long long held) {
    return cost_to_move({.quote = 1e8}, averaging::arithmetic, 0.2, 30_blocks, blocks{held}, pusher::proposer);
  };
  EXPECT_GT(own(1)->cost(), own(5)->cost());
  EXPECT_LT(own(5)->cost(), 0.01 * own(5)->capital);
}

TEST(ManipulationCost, WhatIsNoQuestion) {
  const pool_depth depth{.quote = 1e6};
  EXPECT_EQ(cost_to_move(depth, averaging::arithmetic, 0.1, 0_blocks).error(), errc::bad_configuration);
  EXPECT_EQ(cost_to_move(depth, averaging::arithmetic, 0.1, 3_blocks, 4_blocks).error(), errc::bad_configuration);
  EXPECT_EQ(cost_to_move(depth, averaging::arithmetic, 0.1, 3_blocks, 0_blocks).error(), errc::bad_configuration);
  EXPECT_EQ(cost_to_move(depth, averaging::geometric, std::nan(""), 3_blocks).error(), errc::bad_configuration);
  EXPECT_EQ(cost_to_move({.quote = std::nan("")}, averaging::geometric, 0.1, 3_blocks).error(), errc::not_finite);
  EXPECT_EQ(cost_to_move({.quote = -1.0}, averaging::geometric, 0.1, 3_blocks).error(), errc::negative_amount);
  for (const pool_depth& bad :
       {pool_depth{.fee = {1e4}}, pool_depth{.fee = {-1.0}}, pool_depth{.up = 0.9}, pool_depth{.down = 1.1},
        pool_depth{.up = 2.0, .most = 1.5}, pool_depth{.down = 0.1, .least = 0.2}, pool_depth{.up = std::nan("")}})
    EXPECT_EQ(cost_to_move(bad, averaging::geometric, 0.1, 3_blocks).error(), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
