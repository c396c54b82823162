// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/market/asset.hpp>

#include <cstddef>
#include <span>

namespace trimtab::sizing {

/// The most that all assets priced by one feed may make up together.
struct feed_cap {
  price_slot feed{};
  double cap = 1.0;
};

/// A weight that is wanted, and what bounds it.
struct wanted_weight {
  double weight = 0.0;  ///< ≥ 0; of all together, whatever their sum
  double cap = 1.0;
  price_slot feed{};
};

/// @brief Wanted weights made to add up to one within a cap per asset and a cap per feed.
///
/// What a cap cuts off is shared by the others in proportion to their weights:
///
///     wᵢ = min(capᵢ, s_f·wantedᵢ),  s_f = s, or less where the feed's own cap binds,  Σ wᵢ = 1
///
/// That is the point within the caps closest to the wanted weights in relative entropy. A weight of zero stays zero.
/// @param out  one weight each
/// @errors size_mismatch, not_finite, negative_amount, infeasible (the caps leave room for less than one)
/// @cost   O(n·feeds) per step of one root; no allocation
/// @source derived here: the multipliers of Σ w·ln(w/wanted) under these caps
constexpr errc cap_weights(std::span<const wanted_weight> wanted, std::span<const feed_cap> feeds,
                           std::span<double> out) noexcept {
  if (out.size() < wanted.size()) return errc::size_mismatch;
  double sum = 0.0;
  for (const wanted_weight& w : wanted) {
    if (!is_finite(w.weight)) return errc::not_finite;
    if (!(w.weight >= 0.0) || !(w.cap >= 0.0)) return errc::negative_amount;
    sum += w.weight;
  }
  for (const feed_cap& f : feeds)
    if (!(f.cap >= 0.0)) return errc::negative_amount;
  if (!(sum > 0.0) || !is_finite(sum)) return errc::infeasible;

  const auto listed = [&](price_slot feed) {
    for (const feed_cap& f : feeds)
      if (f.feed == feed) return true;
    return false;
  };
  const auto one = [&](std::size_t i, double s) { return smaller(wanted[i].cap, s * (wanted[i].weight / sum)); };
  const auto group = [&](price_slot feed, double s) {
    double total = 0.0;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (wanted[i].feed == feed) total += one(i, s);
    return total;
  };
  const auto cap_of = [&](price_slot feed) {
    double cap = infinity;
    for (const feed_cap& f : feeds)
      if (f.feed == feed) cap = smaller(cap, f.cap);
    return cap;
  };
  const auto total = [&](double s) {
    double all = 0.0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!listed(wanted[i].feed)) {
        all += one(i, s);
        continue;
      }
      bool first = true;  // of its feed
      for (std::size_t k = 0; k < i; ++k) first = first && !(wanted[k].feed == wanted[i].feed);
      if (first) all += smaller(cap_of(wanted[i].feed), group(wanted[i].feed, s));
    }
    return all;
  };
  // Beyond the largest cap over the smallest weight nothing changes.
  double most = 1.0;
  for (const wanted_weight& w : wanted)
    if (w.weight > 0.0) most = larger(most, smaller(w.cap, 1.0) / (w.weight / sum));
  if (!is_finite(most)) most = 1e300;
  double s = 1.0;
  if (total(1.0) < 1.0) {
    constexpr double rounding = 1e-15;
    if (total(most) < 1.0 - rounding) return errc::infeasible;
    const auto found = find_root([&](double at) { return total(at) - 1.0; }, 1.0, most);
    s = found ? found->high : most;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double cap = cap_of(wanted[i].feed);
    double own = s;
    if (group(wanted[i].feed, s) > cap) {
      const auto found = find_root([&](double at) { return group(wanted[i].feed, at) - cap; }, 0.0, s);
      own = found ? found->low : 0.0;
    }
    out[i] = one(i, own);
  }
  return errc::ok;
}

}  // namespace trimtab::sizing
