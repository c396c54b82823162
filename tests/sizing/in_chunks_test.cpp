// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "laws/sizer_laws.hpp"
#include "support/cases.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>

namespace {

using namespace trimtab;
using sizing::cheapest_schedule;
using sizing::in_chunks;
using sizing::limit;
using sizing::restore_target;

constexpr liquidity::segment<> pool{.price = 1.0, .curvature = 1e-6};
// X = 1e5 into a depth of 1e6, gas 10: N* = 1e5·√(1e-6/10) = 31.6
constexpr auto thirty_odd = cheapest_schedule(1e5, pool, 10.0, {0.0}, 100);
static_assert(thirty_odd.chunks >= 30 && thirty_odd.chunks <= 33);
static_assert(thirty_odd.cost_in_chunks < 0.1 * thirty_odd.cost_at_once);
static_assert(cheapest_schedule(1e5, pool, 10.0, {0.0}, 8).chunks == 8);
static_assert(cheapest_schedule(1e5, pool, 1e6, {0.0}, 100).chunks == 1, "gas eats the gain");
static_assert(cheapest_schedule(1e5, {.price = 1.0}, 10.0, {0.0}, 100).chunks == 1, "no impact, no gain");
static_assert(cheapest_schedule(0.0, pool, 10.0, {0.0}, 100).chunks == 1);
static_assert(cheapest_schedule(1e5, pool, 0.0, {0.0}, 48).chunks == 48, "free transactions: as many as allowed");
static_assert(in_chunks{restore_target{}}.validate() == errc::ok);
static_assert(in_chunks{restore_target{}, {-1.0}}.validate() == errc::bad_configuration);
static_assert(in_chunks{restore_target{}, {30.0}, 0}.validate() == errc::bad_configuration);
static_assert(in_chunks{restore_target{.max_slippage = {0.0}}}.validate() == errc::bad_configuration);

// What N equal pieces cost when arbitrage brings the pool back to the edge of its fee band between them.
double cost_of(int n, double size, double depth, double price, double gas, double band) {
  const liquidity::constant_product venue{.reserve_in = depth, .reserve_out = depth * price, .fee = {0.0}};
  const double piece = size / n;
  return n * (venue.loss(piece) + gas) + (n - 1) * piece * price * band;
}

TEST(InChunks, NoOtherNumberOfPiecesIsCheaper) {
  constexpr std::uint64_t seed = 11;
  std::mt19937_64 engine(seed);
  const auto magnitude = [&](double low, double high) {
    return std::exp(std::uniform_real_distribution<>(std::log(low), std::log(high))(engine));
  };
  double worst = 1.0;
  for (int i = 0; i < 20000; ++i) {
    const double depth = magnitude(1e3, 1e9), price = magnitude(1e-3, 1e3), size = depth * magnitude(1e-3, 3.0);
    const double gas = depth * price * magnitude(1e-9, 1e-2), band = i % 3 == 0 ? 0.0 : magnitude(1.0, 100.0);
    const auto s = cheapest_schedule(size, {.price = price, .curvature = 1.0 / depth}, gas, {band}, 48);
    double best = infinity;
    for (int n = 1; n <= 48; ++n) best = std::min(best, cost_of(n, size, depth, price, gas, band / 1e4));
    const double ours = cost_of(s.chunks, size, depth, price, gas, band / 1e4);
    worst = std::max(worst, ours / best);
    ASSERT_NEAR(s.cost_in_chunks, ours, 1e-12 * ours) << "what it says it costs";
    ASSERT_NEAR(s.cost_at_once, cost_of(1, size, depth, price, gas, 0.0), 1e-12 * s.cost_at_once);
    ASSERT_LE(s.cost_in_chunks, s.cost_at_once);
  }
  std::printf("cheapest_schedule: seed %llu, at worst %.4f times the cheapest\n", static_cast<unsigned long long>(seed),
              worst);
  EXPECT_LE(worst, 1.0 + 1e-12);
}

TEST(InChunks, APieceIsOnePartAndSaysSo) {
  const cases::worked w;
  const liquidity::constant_product venue{.reserve_in = 5e4, .reserve_out = 5e4};
  const restore_target whole{.max_slippage = basis_points{2000.0}};
  const in_chunks sizer{whole};
  auto p = w.problem(venue);
  p.gas = {.transaction_gas = 1.0, .price_native = 1.0, .native = price_slot{2}};
  const auto all = whole.size(p), piece = sizer.size(p);
  ASSERT_TRUE(all.has_value() && piece.has_value());
  EXPECT_EQ(piece.binding, limit::chunk);
  EXPECT_LT(piece.trade.sold, all.trade.sold);
  EXPECT_GT(piece.trade.health_after, piece.trade.health_before);
  EXPECT_LT(piece.trade.health_after, 1.25);
  const double pieces = all.trade.sold / piece.trade.sold;
  EXPECT_NEAR(pieces, std::round(pieces), 1e-9);
}

TEST(InChunks, EveryPiecePaysItsSender) {
  const cases::worked w;
  const liquidity::constant_product venue{.reserve_in = 5e4, .reserve_out = 5e4};
  const restore_target whole{.max_slippage = basis_points{2000.0}};
  const in_chunks sizer{whole};
  const auto pieces = [&](double gas, double flat) {
    auto p = w.problem(venue);
    p.gas = {.transaction_gas = 1.0, .price_native = gas, .native = price_slot{2}};
    p.reward.flat = flat;
    return std::round(whole.size(p).trade.sold / sizer.size(p).trade.sold);
  };
  EXPECT_EQ(pieces(0.0, 0.0), 12.0);
  EXPECT_LT(pieces(10.0, 0.0), 12.0);
  EXPECT_GT(pieces(10.0, 0.0), 1.0);
  EXPECT_EQ(pieces(0.0, 10.0), pieces(10.0, 0.0)) << "a flat reward is as dear as gas";
  EXPECT_EQ(pieces(5.0, 5.0), pieces(10.0, 0.0));
}

TEST(InChunks, AnEmergencyIsNotCut) {
  const cases::worked w;
  const liquidity::constant_product venue{.reserve_in = 5e4, .reserve_out = 5e4};
  const restore_target whole{.max_slippage = basis_points{2000.0}};
  auto p = w.problem(venue);
  p.urgent = true;
  EXPECT_EQ(in_chunks{whole}.size(p).trade.sold, whole.size(p).trade.sold);
  EXPECT_EQ(in_chunks{whole}.size(p).binding, limit::none);
}

TEST(InChunks, PiecesTillTheTargetCostLessThanOneTrade) {
  // Each piece is sized afresh against a pool that arbitrage has refilled to within its fee.
  const restore_target whole{.max_slippage = basis_points{2000.0}};
  const in_chunks sizer{whole};
  const liquidity::constant_product venue{.reserve_in = 5e4, .reserve_out = 5e4};
  cases::worked w;
  double cost = 0.0;
  int pieces = 0;
  for (; pieces < 200; ++pieces) {
    auto p = w.problem(venue);
    p.gas = {.transaction_gas = 1.0, .price_native = 1.0, .native = price_slot{2}};
    const auto s = sizer.size(p);
    if (!s.has_value()) break;
    cost += s.trade.cost.total();
    w.account[0].collateral += s.trade.collateral_change;
    w.account[1].debt += s.trade.debt_change;
  }
  const cases::worked fresh;
  const auto once = whole.size(fresh.problem(venue));
  EXPECT_GE(health_factor(w.model.liquidation_form<double>(w.account), w.prices()), 1.25 * (1 - 1e-12));
  EXPECT_LT(pieces, 200);
  EXPECT_LT(cost, 0.5 * once.trade.cost.total()) << pieces << " pieces";
}

TEST(InChunks, WhatOnlyTheWholeMayDoIsDoneWhole) {
  // Health is below 1 here: a piece would leave it there between its steps, the whole would not.
  const cases::worked w(10000.0, 8600.0);
  const liquidity::constant_product deep{.reserve_in = 6e5, .reserve_out = 6e5};
  const auto p = w.problem(deep);
  const sizing::restore_target whole{};
  const sizing::in_chunks pieces{whole};
  const auto s = pieces.size(p);
  ASSERT_TRUE(s.has_value()) << name(s.status);
  EXPECT_EQ(s.binding, sizing::limit::none);
  EXPECT_EQ(s.trade.sold, whole.size(p).trade.sold);
  EXPECT_GE(s.trade.health_at_min_out, 1.0);
  const auto piece = whole.at_size(p, s.trade.sold / 12.0);
  EXPECT_EQ(whole.objection_to(p, piece).binding, sizing::limit::health_floor);
}

TEST(InChunks, ATargetThatOnlyTheVenueKeepsOutOfReachIsWorkedTowards) {
  const cases::worked w;
  const liquidity::constant_product thin{.reserve_in = 9000.0, .reserve_out = 9000.0};
  auto p = w.problem(thin);
  p.target = 1.6;
  const sizing::restore_target whole{.max_slippage = basis_points{500.0}};
  ASSERT_EQ(whole.size(p).status, errc::infeasible);
  const auto s = sizing::in_chunks{whole}.size(p);
  ASSERT_TRUE(s.has_value());
  EXPECT_EQ(s.binding, sizing::limit::chunk);
  EXPECT_GT(s.trade.health_after, s.trade.health_before);
}

}  // namespace

namespace laws {

struct in_pieces {
  static constexpr auto sizer() {
    return trimtab::sizing::in_chunks{trimtab::sizing::restore_target{.max_slippage = trimtab::basis_points{1000.0}}};
  }
  static constexpr auto venue(double scale) {
    return trimtab::liquidity::constant_product{.reserve_in = 2e5 * scale, .reserve_out = 2e5 * scale};
  }
  static constexpr auto account(double scale) { return cases::worked(10000.0 * scale, 7800.0 * scale); }
  static constexpr double target() { return 1.25; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(InPieces, SizerLaws, in_pieces);

}  // namespace laws
