// SPDX-License-Identifier: MIT
#pragma once

/// The policy of this keeper, and what it knows of the world between two lines.

#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/record/incident.hpp>
#include <trimtab/record/models.hpp>
#include <trimtab/record/parts.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/drift_band.hpp>

#include <array>

namespace keeper_loop {

inline constexpr trimtab::asset_id weth{0}, usdc{1};
inline constexpr int weth_decimals = 18, usdc_decimals = 6;

/// One account of a Morpho Blue market, WETH against USDC, lent up to 86 %.
inline constexpr trimtab::health::morpho_blue market{.collateral = weth,
                                                     .loan = usdc,
                                                     .collateral_slot = {0},
                                                     .loan_slot = {1},
                                                     .lltv = trimtab::basis_points{8600.0},
                                                     .loan_decimals = usdc_decimals};

inline auto policy_of(const trimtab::trigger::drift_band& band, const trimtab::execution& execution) {
  return trimtab::policy{market, trimtab::oracle::all_of{trimtab::oracle::max_age{}, trimtab::oracle::max_deviation{}},
                         trimtab::trigger::all_of{band, trimtab::trigger::cooldown{trimtab::seconds{600}}},
                         trimtab::sizing::restore_target{}, execution};
}
using policy_type = decltype(policy_of({}, {}));
using state_type = policy_type::state_type;
using decision_type = policy_type::decision_type;
using snapshot_type = trimtab::snapshot<trimtab::liquidity::constant_product>;
using incident_type = trimtab::record::incident<policy_type, snapshot_type>;

/// A tick: everything the policy looks at.
struct tick {
  trimtab::timestamp now{};
  double price = 0.0;      ///< the protocol's, USDC per WETH
  double reference = 0.0;  ///< our own
  trimtab::timestamp price_at{}, reference_at{};
  double collateral = 0.0;  ///< WETH
  double debt = 0.0;        ///< USDC
  double pool_weth = 0.0, pool_usdc = 0.0;
  double gas_price = 0.0;  ///< native per gas unit
  double tank = trimtab::infinity;
};

/// A snapshot and the numbers it looks into; it stays where it is.
class look {
public:
  explicit look(const tick& t) noexcept
      : prices_{t.price, 1.0}, feeds_{{{.protocol_at = t.price_at, .reference = {t.reference, t.reference_at}}}} {
    seen_.now = t.now;
    (void)seen_.account.add({.asset = weth, .collateral = t.collateral});
    (void)seen_.account.add({.asset = usdc, .debt = t.debt});
    seen_.prices = trimtab::oracle_prices<double>{prices_};
    seen_.feeds = feeds_;
    const trimtab::liquidity::constant_product pool{
        .reserve_in = t.pool_weth, .reserve_out = t.pool_usdc, .gas_units = 1.2e5};
    seen_.sell = {.in = weth, .out = usdc, .venue = pool, .in_decimals = weth_decimals, .out_decimals = usdc_decimals};
    seen_.buy = {
        .in = usdc, .out = weth, .venue = pool.reversed(), .in_decimals = usdc_decimals, .out_decimals = weth_decimals};
    seen_.gas = {.transaction_gas = 4e5, .price_native = t.gas_price, .tank_native = t.tank, .native = {0}};
  }
  look(const look&) = delete;
  look& operator=(const look&) = delete;
  [[nodiscard]] const snapshot_type& seen() const noexcept { return seen_; }

private:
  std::array<double, 2> prices_;
  std::array<trimtab::feed, 1> feeds_;
  snapshot_type seen_{};
};

}  // namespace keeper_loop
