// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/errc.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace trimtab::sizing {

/// Linear: so many units of the underlying, margin in the base currency. Inverse: so much base currency of notional,
/// margin and profit in coins of the underlying.
enum class perp_kind : std::uint8_t { linear, inverse };

/// One perpetual market as a place to hedge, its terms as numbers.
struct perp_venue {
  perp_kind kind = perp_kind::linear;
  double mark = 0.0;                 ///< base currency per unit of the underlying
  double multiplier = 1.0;           ///< a contract: units of the underlying (linear), base currency (inverse)
  double initial_margin = 0.1;       ///< share of the notional, asked to open
  double maintenance_margin = 0.05;  ///< share of the notional below which the venue closes the position
  double posted_margin = 0.0;     ///< share of the notional that will be posted; the initial margin where that is more
  bool margin_is_held = false;    ///< inverse: its coins come out of coins that the book's delta counts already
  basis_points taker_fee{};       ///< of the notional
  double funding_per_year = 0.0;  ///< of the notional, paid by longs to shorts; negative: by shorts to longs
  double lot = 0.0;               ///< smallest step, contracts; 0: any size
  double minimum_notional = 0.0;  ///< base currency
  double capacity = infinity;     ///< contracts that can still be added: depth, open-interest caps, ADL risk
  double cash = infinity;         ///< what can be brought here for margin and fee, base currency

  /// @errors not_finite, non_positive_price, negative_amount, threshold_range (margins not 0 ≤ maintenance ≤ initial
  ///         with maintenance below 1), bad_configuration (no multiplier)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {mark, multiplier, initial_margin, maintenance_margin, posted_margin, taker_fee.count,
                           funding_per_year, lot, minimum_notional})
      if (!is_finite(x)) return errc::not_finite;
    if (!(mark > 0.0)) return errc::non_positive_price;
    if (!(multiplier > 0.0)) return errc::bad_configuration;
    if (!(maintenance_margin >= 0.0 && maintenance_margin < 1.0 && maintenance_margin <= initial_margin))
      return errc::threshold_range;
    if (posted_margin < 0.0 || taker_fee.count < 0.0 || lot < 0.0 || minimum_notional < 0.0)
      return errc::negative_amount;
    if (capacity != capacity || cash != cash) return errc::not_finite;
    return capacity >= 0.0 && cash >= 0.0 ? errc::ok : errc::negative_amount;
  }
  /// Share of the notional that is posted.
  [[nodiscard]] constexpr double margin_share() const noexcept { return larger(posted_margin, initial_margin); }
  /// Notional of one contract, base currency.
  [[nodiscard]] constexpr double contract_notional() const noexcept {
    return kind == perp_kind::linear ? multiplier * mark : multiplier;
  }
  /// @brief Delta that one contract and its margin add, in absolute value, units of the underlying.
  ///
  /// Formula   linear n;  inverse (n/F)·(1 ∓ k) for a short or a long whose margin, k of the notional, is bought in
  ///           coins: those are long the underlying
  [[nodiscard]] constexpr double contract_delta(bool is_short) const noexcept {
    if (kind == perp_kind::linear) return multiplier;
    const double coins = margin_is_held ? 0.0 : margin_share();
    return multiplier / mark * (is_short ? 1.0 - coins : 1.0 + coins);
  }
};

/// What kept a hedge from being the whole of what was wanted.
enum class hedge_limit : std::uint8_t {
  none,
  lot,               ///< the rest is less than one step
  minimum_notional,  ///< too small for the venue: nothing is hedged here
  capacity,          ///< the venue takes no more
  cash,              ///< no more margin can be brought
};

/// The enumerator's own spelling, for logs.
constexpr const char* name(hedge_limit l) noexcept {
  constexpr const char* names[] = {"none", "lot", "minimum_notional", "capacity", "cash"};
  return names[static_cast<std::size_t>(l)];
}

/// A position to open against a delta. Base currency unless said otherwise.
struct perp_hedge {
  double contracts = 0.0;         ///< negative: short
  double notional = 0.0;          ///< of those contracts, not signed
  double margin = 0.0;            ///< to be posted; an inverse venue wants it in coins, margin / mark of them
  double fee = 0.0;               ///< to open
  double funding_per_year = 0.0;  ///< received at today's rate; negative: paid
  double delta = 0.0;             ///< what position and margin add, units of the underlying
  double residual_delta = 0.0;    ///< what the book is left with
  hedge_limit binding = hedge_limit::none;
};

namespace detail {

/// The largest whole number of lots in a size; a size that is a whole number but for its roundings counts as one.
constexpr double whole_lots(double size, double lot) noexcept {
  if (!(lot > 0.0) || !(size < lot * 0x1p51)) return size;
  const double lots = size / lot * (1.0 + 0x1p-50);
  return static_cast<double>(static_cast<std::int64_t>(lots)) * lot;
}

}  // namespace detail

/// @brief The position in one perpetual market that leaves no delta, as far as the venue lets it.
///
/// Formula   linear   h = −Δ/n
///           inverse  Δ + m + N/F = 0 with m = k·|N|/F coins of margin bought: N = −Δ·F/(1 − k) short, −Δ·F/(1 + k)
///           long; so k = 1 and no other coins is the short that holds a constant value, and hedges nothing else
/// Rounded down to whole lots: never more than the capacity, the margin or the delta.
/// @param delta   of the book's worth, units of the underlying (base currency per base currency of price)
/// @return   the hedge, nothing of it where the delta is zero; with the binding limit where it is partial
/// @errors   those of `perp_venue::validate`; not_finite; infeasible (the margin's coins add what the short takes away)
/// @source   derivation: delta of (m + N·(1/F₀ − 1/p))·p at p = F₀ is m + N/F₀
constexpr result<perp_hedge> delta_neutral(double delta, const perp_venue& v) noexcept {
  if (const errc e = v.validate(); e != errc::ok) return e;
  if (!is_finite(delta)) return errc::not_finite;
  perp_hedge h{.residual_delta = delta};
  if (delta == 0.0) return h;
  const bool is_short = delta > 0.0;
  const double each = v.contract_delta(is_short), notional = v.contract_notional();
  if (!(each > 0.0)) return errc::infeasible;
  const double asked = v.margin_share() + v.taker_fee.fraction();
  const double paid_for = asked > 0.0 ? v.cash / (asked * notional) : infinity;
  double size = (is_short ? delta : -delta) / each;
  if (!is_finite(size)) return errc::not_finite;
  if (v.capacity < size) size = v.capacity, h.binding = hedge_limit::capacity;
  if (paid_for < size) size = paid_for, h.binding = hedge_limit::cash;
  if (const double whole = detail::whole_lots(size, v.lot); whole < size) {
    if (h.binding == hedge_limit::none) h.binding = hedge_limit::lot;
    size = whole;
  }
  if (size * notional < v.minimum_notional) {
    h.binding = hedge_limit::minimum_notional;
    return h;
  }
  h.contracts = is_short ? -size : size;
  h.notional = size * notional;
  h.margin = v.margin_share() * h.notional;
  h.fee = v.taker_fee.fraction() * h.notional;
  h.funding_per_year = (is_short ? 1.0 : -1.0) * v.funding_per_year * h.notional;
  h.delta = (is_short ? -each : each) * size;
  h.residual_delta = h.binding == hedge_limit::none ? 0.0 : delta + h.delta;
  return h;
}

/// What several hedges come to together.
struct hedge_total {
  double notional = 0.0;
  double margin = 0.0;
  double fee = 0.0;
  double funding_per_year = 0.0;
  double cost = 0.0;            ///< over the holding time: fee less funding received
  double residual_delta = 0.0;  ///< what no venue takes, units of the underlying
  std::size_t venues = 0;       ///< how many are used
};

/// @brief One delta hedged over several venues, the cheapest per unit of delta first, each up to its limits.
///
/// Cost of a unit of delta over the holding time T: notional per unit × (fee ∓ funding·T). All limits but the minimum
/// and the lot are linear, so without those two no other split is cheaper; a venue whose share would be below its
/// minimum is left out and the next one asked.
/// @param years   how long the hedge is expected to be held, which weighs fee against funding
/// @param out     one hedge per venue, overwritten; nothing at the venues not used
/// @errors   not_finite, size_mismatch (out), capacity (more than 32 venues), negative_amount (the time); those of the
///           venues, which are all checked first. Not hedging everything is no error: see the residual
constexpr result<hedge_total> hedge_over(double delta, std::span<const perp_venue> venues, double years,
                                         std::span<perp_hedge> out) noexcept {
  constexpr std::size_t most = 32;
  if (!is_finite(delta) || !is_finite(years)) return errc::not_finite;
  if (years < 0.0) return errc::negative_amount;
  if (out.size() != venues.size()) return errc::size_mismatch;
  if (venues.size() > most) return errc::capacity;
  const bool is_short = delta > 0.0;
  const auto cost_of = [&](const perp_venue& v) {
    const double held = v.taker_fee.fraction() - (is_short ? 1.0 : -1.0) * v.funding_per_year * years;
    return v.contract_notional() / v.contract_delta(is_short) * held;
  };
  std::array<bool, most> done{};
  for (std::size_t i = 0; i < venues.size(); ++i) {
    if (const errc e = venues[i].validate(); e != errc::ok) return e;
    out[i] = {};
    done[i] = !(venues[i].contract_delta(is_short) > 0.0);  // its coins undo its shorts
  }
  hedge_total all{.residual_delta = delta};
  for (std::size_t round = 0; round < venues.size(); ++round) {
    std::size_t best = venues.size();
    for (std::size_t i = 0; i < venues.size(); ++i)
      if (!done[i] && (best == venues.size() || cost_of(venues[i]) < cost_of(venues[best]))) best = i;
    if (best == venues.size() || all.residual_delta == 0.0) break;
    done[best] = true;
    const result<perp_hedge> h = delta_neutral(all.residual_delta, venues[best]);
    if (!h) return h.error();
    out[best] = *h;
    all.residual_delta = h->residual_delta;
    all.notional += h->notional;
    all.margin += h->margin;
    all.fee += h->fee;
    all.funding_per_year += h->funding_per_year;
    all.venues += h->contracts != 0.0 ? 1U : 0U;
  }
  all.cost = all.fee - all.funding_per_year * years;
  return all;
}

}  // namespace trimtab::sizing
