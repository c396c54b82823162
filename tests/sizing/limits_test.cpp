// SPDX-License-Identifier: MIT
// Minimum outputs: measured by a venue that pays just that, each leg by itself and all of them together.
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/limits.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "support/cases.hpp"
#include "support/random.hpp"
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace {

using namespace trimtab;
using liquidity::constant_product;
using sizing::funding_mode;
using sizing::minimum_output;
using sizing::sale_leg;
using sizing::share_minimum;

TEST(MinimumOutput, HealthHoldsAtItAndNotBelowIt) {
  test::random_numbers d(79);
  int by_health = 0, by_oracle = 0, refused = 0, up = 0;
  for (int i = 0; i < 20000; ++i) {
    const bool down = i % 3 != 0;
    const cases::worked w(10000.0, down ? d.uniform(6700.0, 7900.0) : d.uniform(1000.0, 5500.0));
    const double depth = d.log_uniform(1e5, 1e7);
    const constant_product pool{.reserve_in = depth, .reserve_out = depth};
    auto p = w.problem(pool);
    p.funding = {static_cast<funding_mode>(i / 3 % 3), {d.uniform(0.0, 20.0)}};
    if (d.below(2) == 0)
      p.gas = {.transaction_gas = 1.0,
               .price_native = d.log_uniform(0.1, 50.0),
               .paid_from = gas_payer::proceeds,
               .native = price_slot{2}};
    const auto s = down ? sizing::restore_target{.max_slippage = {1000.0}}.size(p)
                        : sizing::leverage_up{.max_slippage = {1000.0}}.size(p);
    if (!s.has_value()) continue;
    const double floor = d.uniform(1.1, 1.245);
    const auto m = minimum_output(p, s.trade, floor, {d.log_uniform(10.0, 2000.0)});
    if (!m.has_value()) {
      ++refused;
      ASSERT_EQ(m.error(), errc::slippage) << i;
      continue;
    }
    ASSERT_EQ(m->needed, std::fmax(m->of_health, m->of_oracle)) << i;
    (m->of_health > m->of_oracle ? by_health : by_oracle)++;
    up += !down;
    // The balance written down again, in 80 bits.
    const auto health = [&](long double out) {
      const auto& t = s.trade;
      const long double loan = t.flash_premium;
      const long double debt =
          down ? w.account[1].debt - (out - t.gas_in_kind - (t.mode == funding_mode::flash_debt ? loan : 0))
               : static_cast<long double>(w.account[1].debt) + t.debt_change;
      const long double held =
          down ? static_cast<long double>(w.account[0].collateral) + t.collateral_change
               : w.account[0].collateral + out - (t.mode == funding_mode::flash_collateral ? loan : 0);
      return 0.83L * held / debt;
    };
    ASSERT_GE(health(m->needed), floor * (1 - 8 * cases::eps)) << i;
    ASSERT_GE(m->health, floor) << i;
    ASSERT_NEAR(static_cast<double>(health(m->needed)), m->health, 1e-13) << i;
    if (m->of_health > 0.0) {
      ASSERT_LT(health(m->of_health * (1 - 1e-9L) - 1e-8L), floor) << i << ": the least, not any";
    }
    ASSERT_LE(m->needed, s.trade.expected_out) << i;
  }
  std::printf("minimum outputs: by health %d, by the oracle %d, leverage %d, refused %d\n", by_health, by_oracle, up,
              refused);
  EXPECT_GT(by_health, 1000);
  EXPECT_GT(by_oracle, 1000);
  EXPECT_GT(up, 1000);
}

TEST(MinimumOutput, TheLiveQuoteHasNoSayInIt) {
  // The same trade priced by a pool that somebody has moved by 5 %.
  const cases::worked w;
  const constant_product honest{.reserve_in = 1e6, .reserve_out = 1e6},
      moved{.reserve_in = 1.025e6, .reserve_out = 0.975e6};
  const auto p = w.problem(honest);
  auto q = w.problem(moved);
  const sizing::restore_target sizer{.max_slippage = {1000.0}};
  const auto t = sizer.size(p).trade, of_moved = sizer.at_size(q, t.sold);
  const auto a = minimum_output(p, t, 1.2, {300.0});
  ASSERT_TRUE(a.has_value());
  const auto b = minimum_output(q, of_moved, 1.2, {300.0});
  EXPECT_EQ(b.error(), errc::slippage) << "the moved pool is refused, not believed";
  const auto c = minimum_output(q, of_moved, 1.0, {1000.0});
  ASSERT_TRUE(c.has_value());
  EXPECT_EQ(c->of_oracle, minimum_output(p, t, 1.0, {1000.0})->of_oracle);
}

TEST(MinimumOutput, EveryRefusalHasAName) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const cases::worked w;
  const constant_product pool{.reserve_in = 1e6, .reserve_out = 1e6};
  auto p = w.problem(pool);
  auto t = sizing::restore_target{.max_slippage = {1000.0}}.size(p).trade;
  EXPECT_EQ(minimum_output(p, t, 0.9, {100.0}).error(), errc::bad_configuration);
  EXPECT_EQ(minimum_output(p, sizing::trade{}, 1.0, {100.0}).error(), errc::bad_configuration);
  auto backwards = t;
  backwards.sold = -t.sold;
  EXPECT_EQ(minimum_output(p, backwards, 1.0, {100.0}).error(), errc::negative_amount);
  EXPECT_EQ(minimum_output(p, t, nan, {100.0}).error(), errc::bad_configuration);
  EXPECT_EQ(minimum_output(p, t, 1.0, {-1.0}).error(), errc::bad_configuration);
  EXPECT_EQ(minimum_output(p, t, 1.0, {1e4}).error(), errc::bad_configuration);
  EXPECT_EQ(minimum_output(p, t, 1.3, {100.0}).error(), errc::slippage) << "more than it expects to bring";
  t.sold = nan;
  EXPECT_EQ(minimum_output(p, t, 1.0, {100.0}).error(), errc::not_finite);
  p.venue = nullptr;
  EXPECT_EQ(minimum_output(p, t, 1.0, {100.0}).error(), errc::asset_mismatch);
}

TEST(ShareMinimum, LegsThatKeepToTheirBoundsKeepHealth) {
  test::random_numbers d(185);
  for (int i = 0; i < 5000; ++i) {
    std::array<sale_leg, 6> legs{};
    const std::size_t count = 1 + d.below(6);
    double fair = 0.0;
    for (std::size_t k = 0; k < count; ++k) {
      legs[k] = {.sold = d.log_uniform(1e-3, 1e6), .fair_rate = d.log_uniform(1e-6, 1e6)};
      fair += legs[k].sold * legs[k].fair_rate;
    }
    const double of_health = fair * d.uniform(0.5, 1.0);
    const basis_points tolerance{d.uniform(10.0, 3000.0)};
    const auto sum = share_minimum(of_health, std::span(legs).first(count), tolerance);
    ASSERT_TRUE(sum.has_value());
    long double together = 0;
    for (std::size_t k = 0; k < count; ++k) {
      together += legs[k].min_out;
      ASSERT_GE(legs[k].min_out, legs[k].sold * legs[k].fair_rate * tolerance.complement() * (1 - 4 * cases::eps));
      ASSERT_NEAR(legs[k].min_out / (legs[k].sold * legs[k].fair_rate), *sum / fair, 1e-14) << "alike, but for size";
    }
    ASSERT_GE(together, of_health) << i;
    ASSERT_LE(together, std::fmax(of_health, fair * tolerance.complement()) * (1 + 1e-13L)) << i;
  }
  std::array<sale_leg, 1> bad{sale_leg{.sold = -1.0, .fair_rate = 1.0}};
  EXPECT_EQ(share_minimum(1.0, bad, {100.0}).error(), errc::negative_amount);
  bad[0] = {.sold = 1.0, .fair_rate = 0.0};
  EXPECT_EQ(share_minimum(1.0, bad, {100.0}).error(), errc::non_positive_price);
  bad[0] = {.sold = std::nan(""), .fair_rate = 1.0};
  EXPECT_EQ(share_minimum(1.0, bad, {100.0}).error(), errc::not_finite);
  bad[0] = {.sold = 1.0, .fair_rate = 1.0};
  EXPECT_EQ(share_minimum(std::nan(""), bad, {100.0}).error(), errc::not_finite);
  EXPECT_EQ(share_minimum(1.0, bad, {1e4}).error(), errc::bad_configuration);
  EXPECT_EQ(share_minimum(1.0, {}, {100.0}).error(), errc::size_mismatch);
}

}  // namespace
