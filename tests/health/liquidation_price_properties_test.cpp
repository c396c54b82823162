// SPDX-License-Identifier: MIT
#include <trimtab/health/critical_amounts.hpp>
#include <trimtab/health/liquidation_along.hpp>
#include <trimtab/health/liquidation_price.hpp>

#include "support/properties.hpp"
#include "support/tolerance.hpp"

namespace trimtab {
namespace {

using T = test::tolerance<double>;

// Headroom in units of what is added up there and (for what has been taken away) was before.
double gap_of(const test::position& moved, const test::position& before) {
  const double of = moved.parts() + before.parts();
  return of == 0.0 ? 0.0 : headroom(moved.view(), moved.prices()) / of;
}
boundary any_boundary() {
  return test::below(2) == 0 ? boundary::below_one : boundary::at_or_below_one;
}

RC_GTEST_PROP(LiquidationPriceProperties, AtThePriceHealthIsOneAndBeyondItTheAccountIsInDanger, ()) {
  const auto p = *test::positions();
  const boundary edge = any_boundary();
  for (std::uint16_t k = 0; k < p.values.size(); ++k) {
    const liquidation_point point = liquidation_price(p.view(), p.prices(), {k}, edge);
    RC_ASSERT(point.side != liquidation_side::unknown);
    RC_ASSERT(point.already == liquidatable_at(edge, p.health()));
    if (point.side == liquidation_side::unreachable) {
      RC_ASSERT(std::isnan(point.price) && std::isnan(point.move));
      // Then neither a price near nothing nor a huge one is on the other side of 1.
      auto low = p, high = p;
      low.values[k] = 1e-80, high.values[k] = 1e80;
      const double at_low = headroom(low.view(), low.prices()), at_high = headroom(high.view(), high.prices());
      RC_ASSERT(!((at_low < 0.0 && at_high > 0.0) || (at_low > 0.0 && at_high < 0.0)));
      continue;
    }
    RC_ASSERT(point.price > 0.0);
    const double now = p.values[k];
    RC_ASSERT(test::within(now * (1.0 + point.move), point.price, T::formula * (now + point.price)));
    RC_ASSERT(test::within(log_distance(point, {now}), std::log(point.price / now),
                           T::formula * (1.0 + std::fabs(std::log(point.price / now)))));
    auto there = p, beyond = p, short_of = p;
    there.values[k] = point.price;
    RC_ASSERT(std::fabs(gap_of(there, there)) <= T::sum);
    const bool below = point.side == liquidation_side::danger_below;
    beyond.values[k] = point.price * (below ? 0.9 : 1.1), short_of.values[k] = point.price * (below ? 1.1 : 0.9);
    RC_ASSERT(gap_of(beyond, beyond) < T::sum);
    RC_ASSERT(gap_of(short_of, short_of) > -T::sum);
  }
}

RC_GTEST_PROP(LiquidationPriceProperties, OneSlotAloneIsADirectionAndSoIsTheMarket, ()) {
  const auto p = *test::positions();
  const boundary edge = any_boundary();
  for (std::uint16_t k = 0; k < p.values.size(); ++k) {
    std::vector<double> alone(p.values.size(), 0.0);
    alone[k] = 1.0;
    const liquidation_point point = liquidation_price(p.view(), p.prices(), {k}, edge);
    const liquidation_move move = liquidation_along(p.view(), p.prices(), alone, edge);
    RC_ASSERT(move.already == point.already);
    // A fall to a hair above nothing is one for the price and none for the move.
    if (move.side == liquidation_side::unreachable && point.move < -1.0 + 1e-12) continue;
    RC_ASSERT(move.side == point.side);
    RC_ASSERT(test::close(move.move, point.move, T::formula));
  }
  const std::vector<double> all(p.values.size(), *test::uniform(0.1, 3.0));
  RC_ASSERT(liquidation_along(p.view(), p.prices(), all, edge).side == liquidation_side::unreachable);
}

RC_GTEST_PROP(LiquidationPriceProperties, AtTheMoveHealthIsOneAndEveryPriceIsPositive, ()) {
  const auto p = *test::positions();
  std::vector<double> beta;
  for (std::size_t k = 0; k < p.values.size(); ++k) beta.push_back(*test::uniform(-1.0, 2.0));
  const liquidation_move found = liquidation_along(p.view(), p.prices(), beta);
  RC_ASSERT(found.side != liquidation_side::unknown);
  RC_PRE(found.side != liquidation_side::unreachable);
  auto there = p;
  double moved = 0.0;  // what the moves themselves round
  for (const auto* side : {&p.collateral, &p.debt})
    for (const term<>& t : *side)
      moved += t.weight * t.amount * p.values[t.slot.index] * std::fabs(found.move * beta[t.slot.index]);
  for (std::size_t k = 0; k < p.values.size(); ++k) there.values[k] = p.values[k] * (1.0 + found.move * beta[k]);
  for (const auto* side : {&p.collateral, &p.debt})
    for (const term<>& t : *side) RC_ASSERT(there.values[t.slot.index] > 0.0);
  RC_ASSERT(std::fabs(headroom(there.view(), there.prices())) <= T::sum * (p.parts() + moved));
}

RC_GTEST_PROP(LiquidationPriceProperties, AfterTheCriticalAmountHealthIsOne, ()) {
  const auto p = *test::positions();
  const boundary edge = any_boundary();
  const bool liquidatable = liquidatable_at(edge, p.health());
  for (std::size_t k = 0; k < p.debt.size(); ++k) {
    const critical_amount more = critical_debt(p.view(), p.prices(), p.debt[k].asset, edge);
    RC_ASSERT((more.status == critical_status::already) == liquidatable);
    if (more.status == critical_status::already) continue;
    RC_ASSERT(more.status == critical_status::reached);
    RC_ASSERT(more.amount >= 0.0);
    auto after = p;
    after.debt[k].amount += more.amount;
    RC_ASSERT(std::fabs(gap_of(after, p)) <= T::formula);
  }
  for (std::size_t k = 0; k < p.collateral.size(); ++k) {
    const critical_amount less = critical_collateral(p.view(), p.prices(), p.collateral[k].asset, edge);
    RC_ASSERT((less.status == critical_status::already) == liquidatable);
    if (less.status == critical_status::already) continue;
    auto after = p;
    after.collateral[k].amount -= less.status == critical_status::reached ? less.amount : p.collateral[k].amount;
    RC_ASSERT(after.collateral[k].amount >= 0.0);
    const double gap = gap_of(after, p);
    RC_ASSERT(gap >= -T::formula);
    if (less.status == critical_status::reached) RC_ASSERT(gap <= T::formula);
  }
}

}  // namespace
}  // namespace trimtab
