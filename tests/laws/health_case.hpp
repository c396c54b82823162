// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/health.hpp>

#include "support/random.hpp"
#include <array>
#include <cstddef>

namespace trimtab::laws {

/// One account under one model; `collateral` and `debt` are holdings of it, with slots of their own.
template <class Model, std::size_t Slots>
struct health_case {
  Model model;
  trimtab::account<> account;
  std::array<double, Slots> prices;
  asset_id collateral, debt;
  price_slot collateral_slot, debt_slot;

  [[nodiscard]] oracle_prices<double> quoted() const { return oracle_prices<double>(prices); }
  [[nodiscard]] form<> liquidation() const { return model.template liquidation_form<double>(account); }
  [[nodiscard]] form<> borrowing() const { return model.template borrow_form<double>(account); }
  [[nodiscard]] double health() const { return health_factor(liquidation(), quoted()); }
  [[nodiscard]] bool holds() const { return holds_at(model, account, quoted()) == errc::ok; }
  /// Scales all debt prices so that health reads `target`. @pre debt and collateral share no slot
  void set_health(double target) {
    const double factor = health() / target;
    std::array<bool, Slots> owed{};
    for (const term<>& t : liquidation().debt) owed[t.slot.index] = owed[t.slot.index] || t.amount > 0.0;
    for (std::size_t slot = 0; slot < Slots; ++slot)
      if (owed[slot]) prices[slot] *= factor;
  }
};

/// @brief The case with amounts and prices stirred over six decades, many times.
///
/// A case whose slots depend on each other (bid ≤ mid ≤ ask), or whose model is that of a piece or of a system state,
/// has `static void settle(case&)`, which puts it in order again after the stirring.
template <class Case, class F>
void for_accounts(F visit, int times = 500) {
  test::random_numbers random(20200312);
  for (int i = 0; i < times; ++i) {
    auto c = Case::make();
    for (std::size_t k = 0; k < c.account.size(); ++k) {
      c.account[k].collateral *= random.log_uniform(1e-3, 1e3);
      c.account[k].debt *= random.log_uniform(1e-3, 1e3);
    }
    for (double& p : c.prices) p *= random.log_uniform(1e-3, 1e3);
    if constexpr (requires { Case::settle(c); }) Case::settle(c);
    visit(c, random);
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace trimtab::laws
