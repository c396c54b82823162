// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/third_source.hpp>

#include <chrono>
#include <cmath>

namespace trimtab::oracle {

/// @brief An exponential moving average over the spot price that held *before*: a price enters it only by having stood
/// for some time, so a trade within one block leaves no trace at all.
///
/// Formula   average ← spot before·(1 − α) + average·α,  α = exp(−Δt/τ), once per moment; the newest spot is kept aside
/// @source   curvefi/stableswap-ng, CurveStableSwapNG.vy `_calc_moving_average` and `upkeep_oracles` (τ is its
///           `ma_exp_time`: half-life/ln 2), in real numbers and without its cap on spot prices
struct exponential_average {
  double last_spot = 0.0;
  double average = 0.0;  ///< 0: not begun
  timestamp at = never;

  using time_constant = std::chrono::duration<double>;

  /// The average at a moment; unchanged before and at the last one. NaN without a positive τ.
  [[nodiscard]] double read(timestamp now, time_constant tau) const noexcept {
    if (now <= at) return average;
    const double passed = static_cast<double>((now - at).count());
    const double kept = tau.count() > 0.0 ? std::exp(-passed / tau.count()) : std::nan("");
    return last_spot * (1.0 - kept) + average * kept;
  }
  /// The state after a spot price was seen. It begins with the first one.
  [[nodiscard]] exponential_average after(double spot, timestamp now, time_constant tau) const noexcept {
    return {spot, is_price(average) ? read(now, tau) : spot, now};
  }
};

/// @brief Each source against its own moving average: one that leaves it alone is not believed; both the same way is
/// the market.
///
/// What it adds to `max_rate_of_change` is memory without a window: a price that stays becomes the new level
/// gradually, within τ·ln(jump/limit). The average is of prices seen before; a first look has nothing to compare with.
/// A state from the future keeps its average and goes on from now. A price that is none leaves no trace.
/// Formula   near: price ≤ average·(1 + limit) and average ≤ price·(1 + limit)
struct moving_average {
  basis_points limit{300.0};
  seconds time_constant{866};  ///< half-life 600 s

  struct state_type {
    exponential_average reference{};
    exponential_average protocol{};
  };

  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!(limit.count > 0.0) || !is_finite(limit.count)) return errc::bad_configuration;
    return time_constant.count() > 0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] guarded<state_type> step(const state_type& s, const quote& q, timestamp now) const noexcept {
    if (const trust t = priceless(q); t != trust::ok) return {t, s, doubt::no_price};
    const int ours = away(q.reference.price, s.reference, now), theirs = away(q.protocol.price, s.protocol, now);
    const state_type next{s.reference.after(q.reference.price, now, time_constant),
                          s.protocol.after(q.protocol.price, now, time_constant)};
    if (ours == theirs) return {trust::ok, next};
    return {accuse(ours != 0, theirs != 0), next, doubt::moving_average};
  }

private:
  [[nodiscard]] int away(double price, const exponential_average& a, timestamp now) const noexcept {
    const double level = a.read(now, time_constant);
    if (!is_price(level) || within(price, level, limit)) return 0;
    return price > level ? 1 : -1;
  }
};

}  // namespace trimtab::oracle
