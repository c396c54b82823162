// SPDX-License-Identifier: MIT
#pragma once

/// A policy and the world it looks at, for the tests of the policy room.

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/drift_band.hpp>

#include "support/cases.hpp"
#include <array>

namespace cases {

using pool = trimtab::liquidity::constant_product;

inline constexpr auto start = trimtab::at_unix(1'600'000'000);
inline constexpr trimtab::seconds wait{120}, cooling{600};

inline constexpr trimtab::trigger::drift_band two_sided{
    .lower = 1.15, .target = 1.25, .upper = 1.70, .emergency = 1.05};
inline constexpr trimtab::trigger::drift_band one_sided{.lower = 1.15, .target = 1.25, .emergency = 1.05};
inline constexpr trimtab::oracle::all_of guards{trimtab::oracle::max_age{}, trimtab::oracle::max_deviation{}};
inline constexpr trimtab::execution plain_execution{
    .funding = {.premium = trimtab::basis_points{5.0}}, .wait = wait, .gas_ceiling = 1e-6};

/// What there is to see: the worked account at some health, two feeds that agree, a deep pool either way.
struct watched {
  worked world;
  std::array<trimtab::feed, 2> feeds{};
  std::array<trimtab::reserve_limits, 2> reserves{{{.asset = collateral_asset}, {.asset = debt_asset}}};
  pool venue{.reserve_in = 1e6, .reserve_out = 1e6};
  trimtab::gas_market gas{.transaction_gas = 4e5, .price_native = 1e-8, .native = trimtab::price_slot{2}};
  trimtab::timestamp now = start;

  constexpr explicit watched(double health = 1.4) noexcept { at_health(health); }
  constexpr void at_health(double health) noexcept { world.account[1].debt = 8300.0 / health; }
  [[nodiscard]] constexpr trimtab::snapshot<pool> look() const noexcept { return look_with(feeds); }
  /// Feeds as the market sees them now, unless a test brings its own times.
  constexpr void fresh() noexcept {
    for (auto& f : feeds) f = {.protocol_at = now, .reference = {.price = 1.0, .at = now}};
  }

private:
  [[nodiscard]] constexpr trimtab::snapshot<pool> look_with(std::span<const trimtab::feed> f) const noexcept {
    trimtab::snapshot<pool> s;
    s.now = now;
    s.account = world.account;
    s.prices = world.prices();
    s.feeds = f;
    s.reserves = reserves;
    s.sell = {.in = collateral_asset, .out = debt_asset, .venue = venue};
    s.buy = {.in = debt_asset, .out = collateral_asset, .venue = venue.reversed()};
    s.gas = gas;
    return s;
  }
};

constexpr watched watching(double health, trimtab::timestamp now = start) noexcept {
  watched w(health);
  w.now = now;
  w.fresh();
  return w;
}

inline constexpr worked home{};

/// Both ways with a cooldown: the policy most tests ask.
inline constexpr trimtab::policy keeper{
    home.model, guards, trimtab::trigger::all_of{two_sided, trimtab::trigger::cooldown{cooling}},
    trimtab::sizing::both_ways{trimtab::sizing::restore_target{}, trimtab::sizing::leverage_up{}}, plain_execution};

using keeper_state = decltype(keeper)::state_type;
using keeper_decision = decltype(keeper)::decision_type;

}  // namespace cases
