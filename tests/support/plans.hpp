// SPDX-License-Identifier: MIT
#pragma once

/// Plans to be tried on a small world, for the tests of the plan room.

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/plan/make_plan.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "support/cases.hpp"
#include <array>
#include <span>

namespace cases {

using trimtab::sizing::funding_mode;

/// An account, a market, a trade, and the plan made of it.
struct planned {
  worked world;
  trimtab::listing<trimtab::liquidity::constant_product> market;
  trimtab::sizing::trade trade;
  trimtab::plan<> plan;
  std::array<trimtab::reserve_limits, 2> limits{{{.asset = collateral_asset}, {.asset = debt_asset}}};
  trimtab::basis_points premium{9.0};

  [[nodiscard]] constexpr auto settle_as_it_is(const trimtab::plan<>& p,
                                               trimtab::timestamp now = trimtab::at_unix(1000)) const noexcept {
    return trimtab::settle(world.model, world.account, p, market, world.prices(), limits, now, premium);
  }
  /// Any plan, sealed anew.
  [[nodiscard]] constexpr auto settle(const trimtab::plan<>& p,
                                      trimtab::timestamp now = trimtab::at_unix(1000)) const noexcept {
    return settle_as_it_is(trimtab::sealed(p), now);
  }
  [[nodiscard]] constexpr auto settle() const noexcept { return settle(plan); }
  [[nodiscard]] constexpr double health(const trimtab::account<>& a) const noexcept {
    return health_factor(world.model.liquidation_form<double>(a), world.prices());
  }
};

inline constexpr auto deadline = trimtab::at_unix(1120);

/// A plan of two tokens without steps.
constexpr trimtab::plan<> empty_plan(int collateral_decimals = 18, int debt_decimals = 18,
                                     trimtab::timestamp until = deadline) noexcept {
  trimtab::plan<> p{.deadline = until};
  p.list(collateral_asset, collateral_decimals);
  p.list(debt_asset, debt_decimals);
  return p;
}

/// A planned trade down or up in a funding mode; gas in kind when `paid_in_kind`.
constexpr planned make(trimtab::direction towards, funding_mode mode, bool paid_in_kind = false,
                       int collateral_decimals = 18, int debt_decimals = 6, double scale = 1.0) noexcept {
  const bool down = towards == trimtab::direction::deleverage;
  planned out{.world = worked(10000.0 * scale, scale * (!down                        ? 5000.0
                                                        : mode == funding_mode::none ? 6680.0
                                                                                     : 7800.0)),
              .market = {},
              .trade = {},
              .plan = {}};
  out.market = {.in = down ? collateral_asset : debt_asset,
                .out = down ? debt_asset : collateral_asset,
                .venue = {.reserve_in = 1e6 * scale, .reserve_out = 1e6 * scale},
                .in_decimals = down ? collateral_decimals : debt_decimals,
                .out_decimals = down ? debt_decimals : collateral_decimals};
  auto p = out.world.problem(out.market.venue);
  p.funding = {mode, out.premium};
  p.target = down ? 1.25 : mode == funding_mode::none ? 1.3 : 1.25;
  if (paid_in_kind)
    p.gas = {.transaction_gas = 4e5,
             .price_native = 1e-5 * scale,
             .paid_from = trimtab::gas_payer::proceeds,
             .native = trimtab::price_slot{2}};
  out.trade = down ? trimtab::sizing::restore_target{}.size(p).trade : trimtab::sizing::leverage_up{}.size(p).trade;
  out.plan = *trimtab::make_plan(out.trade, collateral_decimals, debt_decimals, deadline);
  return out;
}

inline constexpr std::array modes{funding_mode::none, funding_mode::flash_debt, funding_mode::flash_collateral};
inline constexpr std::array directions{trimtab::direction::deleverage, trimtab::direction::leverage};

}  // namespace cases
