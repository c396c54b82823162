// SPDX-License-Identifier: MIT
// What whoever sends the transaction is paid, inside the size equation: recomputed in 80-bit numbers, both directions,
// every way to fund it.
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "support/random.hpp"
#include "support/remedies.hpp"
#include <cmath>
#include <cstdio>

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::funding_mode;
using real = long double;

struct balance {
  real collateral = 0, debt = 0, handed = 0;
};

// Who gets what when x is sold at the venue's curve: written from the flows, not from the size equation.
balance after_sale(const sizing::problem<constant_product>& p, const constant_product& pool, real x, real minimum_rate,
                   bool down) {
  const real fee = 1.0L - static_cast<real>(pool.fee.fraction());
  const real out = static_cast<real>(pool.reserve_out) * x * fee / (static_cast<real>(pool.reserve_in) + x * fee);
  const real f = p.funding.mode == funding_mode::none ? 0.0L : static_cast<real>(p.funding.premium.fraction());
  const real debt_price = p.prices[p.liquidation.debt.find(p.debt)->slot].value;
  const real gas = static_cast<real>(p.gas.transaction_gas + pool.gas_units) * static_cast<real>(p.gas.price_native) *
                   static_cast<real>(p.prices[p.gas.native].value);
  const real share = static_cast<real>(p.reward.share.fraction());
  balance b;
  b.handed = (static_cast<real>(p.reward.flat) + (p.gas.paid_from == gas_payer::proceeds ? gas : 0.0L)) / debt_price;
  const real least = minimum_rate * x;
  if (down) {
    b.handed += share * least;
    real premium = 0;
    if (p.funding.mode == funding_mode::flash_debt) premium = (least - b.handed) / (1.0L + f) * f;
    b.debt = -(out - b.handed - premium);
    b.collateral = -(p.funding.mode == funding_mode::flash_collateral ? x * (1.0L + f) : x);
  } else {
    b.handed += share * x;
    b.debt = x + b.handed + (p.funding.mode == funding_mode::flash_debt ? f * x : 0.0L);
    b.collateral = out - (p.funding.mode == funding_mode::flash_collateral ? f * least / (1.0L + f) : 0.0L);
  }
  return b;
}

real health_of(const sizing::problem<constant_product>& p, const balance& b) {
  real collateral = 0, debt = 0;
  for (const auto& t : p.liquidation.collateral)
    collateral += static_cast<real>(t.weight) * static_cast<real>(p.prices[t.slot].value) *
                  (static_cast<real>(t.amount) + (t.asset == p.collateral ? b.collateral : 0.0L));
  for (const auto& t : p.liquidation.debt)
    debt += static_cast<real>(t.weight) * static_cast<real>(p.prices[t.slot].value) *
            (static_cast<real>(t.amount) + (t.asset == p.debt ? b.debt : 0.0L));
  return collateral / debt;
}

TEST(DeleverageReward, IsInsideTheSizeBothWays) {
  test::random_numbers draw(71);
  int down = 0, up = 0;
  double worst = 0.0;
  for (int i = 0; i < 40000; ++i) {
    const auto desk = cases::desk::random(draw);
    const bool sells = draw.below(2) == 0;
    const double rate = desk.price[0] / desk.price[1];
    const auto pool = sells ? cases::random_pool(draw, rate, desk.held[0])
                            : cases::random_pool(draw, 1.0 / rate, desk.owed[0] + desk.held[0] * rate);
    auto p = desk.problem(pool);
    const funding_mode modes[] = {funding_mode::none, funding_mode::flash_debt, funding_mode::flash_collateral};
    p.funding = {modes[draw.below(3)], basis_points{draw.uniform(0.0, 30.0)}};
    const double value = desk.owed[0] * desk.price[1];
    p.reward = {.flat = draw.below(2) == 0 ? 0.0 : value * draw.log_uniform(1e-6, 1e-3),
                .share = basis_points{draw.below(2) == 0 ? 0.0 : draw.uniform(0.0, 100.0)}};
    p.gas.transaction_gas = 4e5;
    p.gas.price_native = value * draw.log_uniform(1e-12, 1e-10) / desk.price[4];
    p.gas.paid_from = draw.below(2) == 0 ? gas_payer::tank : gas_payer::proceeds;
    const double now = health_factor(p.liquidation, p.prices);
    p.target = sells ? larger(1.05, now) * draw.uniform(1.01, 1.3) : larger(1.02, now * draw.uniform(0.6, 0.98));
    const sizing::restore_target restore{};
    const sizing::leverage_up lever{};
    const auto s = sells ? restore.size(p) : lever.size(p);
    if (!s.has_value()) continue;
    const auto& t = s.trade;
    const double slip = sells ? restore.max_slippage.fraction() : lever.max_slippage.fraction();
    const real minimum = (sells ? static_cast<real>(p.fair_rate) : 1.0L / static_cast<real>(p.fair_rate)) *
                         (1.0L - static_cast<real>(slip));
    const balance b = after_sale(p, pool, static_cast<real>(t.sold), minimum, sells);
    ASSERT_NEAR(t.gas_in_kind, static_cast<double>(b.handed), 1e-12 * static_cast<double>(b.handed));
    const double health = static_cast<double>(health_of(p, b));
    // A debt repaid almost whole has no relative precision left.
    const double condition =
        std::fabs(static_cast<double>(b.debt)) / std::fabs(desk.owed[0] + static_cast<double>(b.debt));
    const double error = std::fabs(health / t.health_after - 1.0) / (1.0 + condition);
    worst = std::fmax(worst, error);
    ASSERT_LT(error, 1e-13) << i;
    ASSERT_GE(t.health_after, p.target);
    ASSERT_NEAR(t.cost.reward,
                static_cast<double>(t.gas_in_kind) * desk.price[1] -
                    (p.gas.paid_from == gas_payer::proceeds ? t.cost.gas : 0.0),
                1e-9 * (t.cost.gas + t.cost.reward));
    // To the target, and not further: a little less (more) would not do.
    if (s.binding == sizing::limit::none) {
      const real other = static_cast<real>(t.sold) * (sells ? 1.0L - 1e-6L : 1.0L + 1e-6L);
      ASSERT_LT(static_cast<double>(health_of(p, after_sale(p, pool, other, minimum, sells))), p.target) << i;
    }
    (sells ? down : up) += 1;
    auto unpaid = p;
    unpaid.reward = {};
    const auto without = sells ? restore.size(unpaid) : lever.size(unpaid);
    if (without.has_value() && s.binding == sizing::limit::none && without.binding == sizing::limit::none) {
      if (sells)
        ASSERT_GE(t.sold, without.trade.sold) << "a reward is sold for";
      else
        ASSERT_LE(t.sold, without.trade.sold) << "a reward is borrowed";
    }
  }
  std::printf("rewards: %d sales, %d borrows, worst error %.2g\n", down, up, worst);
  EXPECT_GT(down, 5000);
  EXPECT_GT(up, 3000);
}

TEST(DeleverageReward, OneThatTakesAllThatIsSureIsDustAndOneThatIsNoneIsRefused) {
  const cases::desk desk;
  const constant_product pool{.reserve_in = 1e4, .reserve_out = 2e7};
  auto p = desk.problem(pool);
  p.funding = {funding_mode::flash_debt, basis_points{5.0}};
  EXPECT_EQ(sizing::restore_target{}.size(p).status, errc::ok);
  for (const double bad : {-1.0, infinity, std::numeric_limits<double>::quiet_NaN()}) {
    p.reward = {.flat = bad};
    EXPECT_EQ(sizing::restore_target{}.size(p).status, errc::bad_configuration) << bad;
    p.reward = {.share = basis_points{bad}};
    EXPECT_EQ(sizing::restore_target{}.size(p).status, errc::bad_configuration) << bad;
  }
  p.reward = {.share = basis_points{1e4}};
  EXPECT_EQ(sizing::restore_target{}.size(p).status, errc::bad_configuration);
  p.reward = {.share = basis_points{5000.0}};
  const auto greedy = sizing::restore_target{}.size(p);
  EXPECT_NE(greedy.status, errc::ok) << "half of it: no sale raises health";
  p.reward = {.flat = 1e9};
  EXPECT_NE(sizing::restore_target{}.size(p).status, errc::ok);
}

}  // namespace
}  // namespace trimtab
