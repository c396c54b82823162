// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/concept.hpp>
#include <trimtab/sizing/problem.hpp>

#include <span>

namespace trimtab::sizing {

/// @brief An account as a cascade sees it: below its trigger price it sells, and pushes the price down for the others.
///
/// Formula   sale at price p:  tokens + value/p, for p < trigger
/// A liquidation by close factor seizes value = closable debt × (1 + bonus); one that takes everything has its tokens.
struct forced_seller {
  double trigger = 0.0;  ///< base currency per token: its liquidation price, or where its keeper steps in
  double tokens = 0.0;   ///< sold whatever the price
  double value = 0.0;    ///< sold for this much base currency
};

/// Where the price comes to rest when every account that it triggers has sold.
struct cascade {
  errc status = errc::bad_configuration;
  double price = 0.0;       ///< the greatest clearing price; with no_convergence an upper bound of it
  double sold = 0.0;        ///< tokens, by all that are triggered
  std::size_t sellers = 0;  ///< the first so many of the list
  double residual = 0.0;    ///< price − what the venue shows after the sale, relative: never below −1e-15
  double branching = 0.0;   ///< dP(S(p))/dp at the price: what a small further fall brings on, without new sellers
  int steps = 0;
};

/// @brief The greatest clearing price of many accounts that sell into one venue: p = P(S(p)), with S(p) the sales of
/// all whose trigger lies above p.
///
/// S falls in p and the venue's price falls in S, so p ↦ P(S(p)) is monotone, jumps and all: iterated downwards from
/// the price before any sale it converges to its greatest fixed point and never passes it. One pass over the list,
/// since a lower price only adds sellers.
/// @param sellers  sorted by trigger, highest first
/// @param price    before any forced sale, base currency per token (after whatever shock)
/// @errors   not_finite, non_positive_price, negative_amount; bad_configuration (not sorted; a venue that is not
///           concave); those of the venue; infeasible (no price clears: the venue is exhausted, or those who sell for a
///           value sell the more the lower it falls); no_convergence (a branching ratio so near 1 that 10⁵ steps do not
///           settle)
/// @source   Tarski 1955, "A lattice-theoretical fixpoint theorem and its applications"; Eisenberg, Noe 2001, "Systemic
///           risk in financial systems", for the use made of it
template <Venue V>
constexpr cascade cascade_of(std::span<const forced_seller> sellers, const V& venue, double price) noexcept {
  cascade c;
  c.status = !is_finite(price) ? errc::not_finite : !(price > 0.0) ? errc::non_positive_price : venue.validate();
  if (c.status == errc::ok && !is_concave<V>()) c.status = errc::bad_configuration;
  double before = infinity;
  for (const forced_seller& s : sellers) {
    if (c.status != errc::ok) return c;
    if (!is_finite(s.trigger) || !is_finite(s.tokens) || !is_finite(s.value))
      c.status = errc::not_finite;
    else if (s.trigger < 0.0 || s.tokens < 0.0 || s.value < 0.0)
      c.status = errc::negative_amount;
    else if (s.trigger > before)
      c.status = errc::bad_configuration;
    before = s.trigger;
  }
  if (c.status != errc::ok) return c;

  const double first = venue.marginal_price(0.0).value;
  double tokens = 0.0, value = 0.0;
  c.price = price;
  c.status = errc::no_convergence;
  for (; c.steps < 100'000; ++c.steps) {
    while (c.sellers < sellers.size() && sellers[c.sellers].trigger > c.price) {
      tokens += sellers[c.sellers].tokens;
      value += sellers[c.sellers].value;
      ++c.sellers;
    }
    c.sold = tokens + value / c.price;
    const double shown = c.sold > 0.0 ? price * (venue.after(c.sold).marginal_price(0.0).value / first) : price;
    if (!(shown > 0.0) || c.sold > venue.capacity()) {
      c.price = 0.0;
      return c.status = errc::infeasible, c;
    }
    c.residual = (c.price - shown) / c.price;
    if (c.residual <= 1e-14) {
      c.status = errc::ok;
      break;
    }
    c.price = smaller(c.price, shown);
  }
  if (value > 0.0) {
    const double width = 1e-5;  // relative, a central difference
    const auto shown = [&](double at) { return venue.after(tokens + value / at).marginal_price(0.0).value / first; };
    c.branching = price / c.price * (shown(c.price * (1.0 + width)) - shown(c.price * (1.0 - width))) / (2.0 * width);
  }
  return c;
}

/// @brief How many further sales a sale brings on, on average, when the price falls by a share of itself: below 1 over
/// every window that matters, and a shock dies out.
///
/// Formula   (P(S₀) − P(S₀ + sales of those triggered in (p·(1 − fall), p])) / (p·fall), S₀ what is sold already
/// @pre sellers sorted by trigger, highest first; 0 < fall < 1
template <Venue V>
constexpr double branching_ratio(std::span<const forced_seller> sellers, const V& venue, double price, double sold,
                                 double fall) noexcept {
  double brought_on = 0.0;
  const double lower = price * (1.0 - fall);
  for (const forced_seller& s : sellers)
    if (s.trigger <= price && s.trigger > lower) brought_on += s.tokens + s.value / price;
  const double now = venue.after(sold).marginal_price(0.0).value;
  return (1.0 - venue.after(sold + brought_on).marginal_price(0.0).value / now) / fall;
}

}  // namespace trimtab::sizing
