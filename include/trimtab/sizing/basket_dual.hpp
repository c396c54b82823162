// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/sizing/basket_line.hpp>

#include <limits>

namespace trimtab::sizing {

/// @brief The least-cost basket when nothing but ranges binds: a convex program whose every choice follows from t and
/// m.
///
///     min Σ κ·p·x − Σ π·q(z)   s.t.  C − Σ w·κ·p·x ≥ h·(D − Σ v·π·q(z)),  ρ·(Σ U(x) − G) = Σ z
///     sell until U'(x) = κ·p·(1 − t·(1 − w/h)) / (m·ρ),  buy until q'(z) = m / (π·(1 + t·(v − 1)))
///
/// With multipliers λ of health and μ of the budget, t = λh/(1 + λh) and m = μ·(1 − t). For each t the budget gives m
/// (the debt in the numeraire itself does so at once), and health rises with t. On a flat piece of a curve a whole
/// range of amounts has the same t and m: there the amount follows from health and budget, not from the last bits of
/// t and m.
template <class V, std::size_t N>
struct basket_dual {
  std::array<basket_line<V>, N> sells{}, buys{};
  std::size_t sell_count = 0, buy_count = 0;
  double collateral_value = 0.0, debt_value = 0.0;  // C, D
  double target = 1.25;                             // h
  double kept = 1.0;                                // ρ
  double gas = 0.0;                                 // G, numeraire
  double margin = 0.0;
  double start = 1.0;  // a first guess of m

  constexpr double sell_price(const basket_line<V>& l, double t, double m) const noexcept {
    return l.value * (1.0 - t * (1.0 - l.weight / target)) / (m * kept);
  }
  constexpr double buy_price(const basket_line<V>& l, double t, double m) const noexcept {
    return m / (l.value * (1.0 + t * (l.weight - 1.0)));
  }

  /// Proceeds of what is sold.
  constexpr double proceeds_of(const std::array<double, N>& sold) const noexcept {
    double sum = 0.0;
    for (std::size_t i = 0; i < sell_count; ++i)
      if (sold[i] > 0.0) sum += sells[i].out(sold[i]);
    return (sum - gas) * kept;
  }
  constexpr basket_point<N>& measure(basket_point<N>& p) const noexcept {
    double given = 0.0, repaid = 0.0;
    for (std::size_t i = 0; i < sell_count; ++i) given += sells[i].weight * sells[i].value * p.sold[i];
    for (std::size_t j = 0; j < buy_count; ++j)
      if (p.spent[j] != 0.0) repaid += buys[j].weight * buys[j].value * buys[j].out(p.spent[j]);
    p.above = (collateral_value - given) - target * (debt_value - repaid) - margin;
    return p;
  }
  /// Σ κ·p·x − Σ π·q, base currency
  constexpr double cost(const basket_point<N>& p) const noexcept {
    double sum = 0.0;
    for (std::size_t i = 0; i < sell_count; ++i) sum += sells[i].value * p.sold[i];
    for (std::size_t j = 0; j < buy_count; ++j)
      if (p.spent[j] > 0.0) sum -= buys[j].value * buys[j].out(p.spent[j]);
    return sum;
  }
  /// Every leg at its limit price. Debts in the numeraire have a limit price of one and get what is left, elsewhere.
  constexpr void choose(basket_point<N>& p, double t, double m) const noexcept {
    p.t = t;
    p.m = m;
    for (std::size_t i = 0; i < sell_count; ++i) p.sold[i] = sells[i].at(sell_price(sells[i], t, m));
    p.proceeds = proceeds_of(p.sold);
    p.outlay = 0.0;
    for (std::size_t j = 0; j < buy_count; ++j) {
      p.spent[j] = buys[j].at(buy_price(buys[j], t, m));
      p.outlay += p.spent[j];
    }
  }
  /// Spends what rounding left over, or takes back what is missing: on a debt that is between its ends (of these the
  /// numeraire's own comes first); what is missing, else anywhere.
  constexpr void spend_rest(basket_point<N>& p) const noexcept {
    for (int pass = 0; pass < 3; ++pass)
      for (std::size_t j = 0; j < buy_count; ++j) {
        const auto& line = buys[j];
        const double rest = p.proceeds - p.outlay, before = p.spent[j];
        const bool inside = line.low < before && before < line.high, direct = line.venue == nullptr;
        const bool turn = pass == 0 ? inside && direct : pass == 1 ? inside : rest < 0.0;
        if (rest == 0.0 || !turn) continue;
        const double wanted = before + rest;
        p.spent[j] = line.within(wanted);
        p.outlay = p.spent[j] == wanted ? p.proceeds : p.outlay + (p.spent[j] - before);
      }
  }

  /// The largest value of the numeraire, up to `most`, at which this choice is one: least sales, all purchases.
  constexpr double end_of_ranges(const basket_point<N>& p, double t, double most) const noexcept {
    double m = most;
    for (std::size_t i = 0; i < sell_count; ++i)
      if (sells[i].low < sells[i].high) m = smaller(m, sell_price(sells[i], t, 1.0) / sells[i].marginal(p.sold[i]));
    for (std::size_t j = 0; j < buy_count; ++j)
      if (buys[j].low < buys[j].high) m = smaller(m, buys[j].marginal(p.spent[j]) / buy_price(buys[j], t, 1.0));
    return m;
  }
  constexpr basket_point<N> balanced(double t) const noexcept;
  constexpr basket_point<N> between(const basket_point<N>& a, const basket_point<N>& b) const noexcept;
  constexpr basket_point<N> solve_in_t() const noexcept;
  constexpr basket_point<N> solve() const noexcept;

  /// @brief A lower bound of the cost of every basket in the ranges, base currency, from any t < 1 and m.
  ///
  /// Formula   (1 − t)·bound = m·ρ·G − t/h·(C − h·D) − Σ m·ρ·U*(limit price) − Σ π·(1 + t(v − 1))·q*(limit price)
  constexpr double bound(double t, double m) const noexcept {
    double sum = m * kept * gas - t * (collateral_value / target - debt_value);
    for (std::size_t i = 0; i < sell_count; ++i) sum -= m * kept * sells[i].best(sell_price(sells[i], t, m));
    for (std::size_t j = 0; j < buy_count; ++j) {
      const double value = buys[j].value * (1.0 + t * (buys[j].weight - 1.0));
      sum -= value * buys[j].best(m / value);
    }
    return t < 1.0 ? sum / (1.0 - t) : -infinity;
  }
};

// The basket at this t whose budget is balanced; above = −inf when no sale pays for what has to be paid.
template <class V, std::size_t N>
constexpr basket_point<N> basket_dual<V, N>::balanced(double t) const noexcept {
  basket_point<N> p;
  double m = start;
  for (std::size_t j = 0; j < buy_count; ++j)  // the numeraire's own debt
    if (buys[j].venue == nullptr && buys[j].high > 0.0) {
      m = buys[j].value * (1.0 + t * (buys[j].weight - 1.0));
      choose(p, t, m);
      p.outlay -= p.spent[j];
      const double rest = p.proceeds - p.outlay;
      p.spent[j] = buys[j].within(rest);
      p.outlay += p.spent[j];
      if (p.spent[j] == rest) return measure(p);
      break;
    }
  const auto rest_at = [&](double at) {
    choose(p, t, at);
    return p.left();
  };
  // A bracket: the higher the value of the numeraire, the more is sold and the less is bought.
  double low = m, high = m, factor = 2.0;
  if (rest_at(m) < 0.0) {
    do {
      low = high;
      high *= factor;
      factor *= factor;
      if (!is_finite(high)) return {};
    } while (rest_at(high) < 0.0);
  } else {
    do {
      high = low;
      low /= factor;
      factor *= factor;
      if (!(low > 0.0)) {  // more than all purchases cost, though nothing is sold that need not be
        choose(p, t, high);
        p.m = end_of_ranges(p, t, m);
        return measure(p);
      }
    } while (rest_at(low) >= 0.0);
  }
  const auto found = find_root(rest_at, low, high);
  if (!found) return {};
  basket_point<N> less;
  choose(less, t, found->low);
  choose(p, t, found->high);
  if (p.left() < 0.0) p = less;  // one point, exactly balanced
  if (less.outlay < p.proceeds) {
    // Between the two neighbours sales jump: as much of the jump as the debts take.
    const basket_point<N> from = less;
    const auto part = [&](double s) {
      for (std::size_t i = 0; i < sell_count; ++i) less.sold[i] = from.sold[i] + s * (p.sold[i] - from.sold[i]);
      less.proceeds = proceeds_of(less.sold);
      return less.left();
    };
    const auto share = find_root(part, 0.0, 1.0);
    part(share ? share->high : 0.0);
    less.m = p.m;
    p = less;
  } else {
    // Purchases jump, or nothing does: the proceeds fix how much of the jump.
    const double jump = less.outlay - p.outlay, s = jump > 0.0 ? p.left() / jump : 0.0;
    for (std::size_t j = 0; j < buy_count; ++j) p.spent[j] += s * (less.spent[j] - p.spent[j]);
    p.outlay += s * jump;
  }
  spend_rest(p);
  return measure(p);
}

// On the way from a (too little health) to b (enough), the basket that is just enough.
template <class V, std::size_t N>
constexpr basket_point<N> basket_dual<V, N>::between(const basket_point<N>& a,
                                                     const basket_point<N>& b) const noexcept {
  basket_point<N> p = b;
  const auto part = [&](double s) {
    p.outlay = 0.0;
    for (std::size_t i = 0; i < sell_count; ++i)
      p.sold[i] = s == 1.0 ? b.sold[i] : a.sold[i] + s * (b.sold[i] - a.sold[i]);
    p.proceeds = proceeds_of(p.sold);
    for (std::size_t j = 0; j < buy_count; ++j) {
      p.spent[j] = s == 1.0 ? b.spent[j] : a.spent[j] + s * (b.spent[j] - a.spent[j]);
      p.outlay += p.spent[j];
    }
    spend_rest(p);
    return measure(p).above;
  };
  const auto share = find_root(part, 0.0, 1.0);
  part(share ? share->high : 1.0);
  return p;
}

// As `solve`, the budget balanced anew for each t.
template <class V, std::size_t N>
constexpr basket_point<N> basket_dual<V, N>::solve_in_t() const noexcept {
  const basket_point<N> free = balanced(0.0);
  if (free.above >= 0.0 || free.above == -infinity) return free;
  const basket_point<N> all = balanced(1.0);
  if (!(all.above >= 0.0)) return all;
  // Enough to within rounding is enough: what is above zero by no more than that counts as zero.
  constexpr double noise = 16.0 * std::numeric_limits<double>::epsilon();
  const double rounding = noise * (collateral_value + target * debt_value);
  basket_point<N> enough = all;
  const auto above = [&](double t) {
    if (t == 0.0) return free.above;
    if (t == 1.0) return all.above;
    const basket_point<N> p = balanced(t);
    if (p.above >= 0.0 && t <= enough.t) enough = p;
    return p.above >= 0.0 && p.above <= rounding ? 0.0 : p.above;
  };
  const auto found = find_root(above, 0.0, 1.0);
  if (!found || enough.above <= rounding) return enough;
  return between(balanced(found->low), enough);
}

// The least-cost basket that leaves health at the target or above: above < 0 when there is none, and then it is the one
// that comes closest.
template <class V, std::size_t N>
constexpr basket_point<N> basket_dual<V, N>::solve() const noexcept {
  for (std::size_t j = 0; j < buy_count; ++j) {
    if (buys[j].venue != nullptr || !(buys[j].high > 0.0)) continue;
    // As if the numeraire's own debt could take or lend any amount: then m follows from t. Most often it need not.
    basket_dual open = *this;
    open.buys[j].low = -infinity;
    open.buys[j].high = open.buys[j].most = infinity;
    const basket_point<N> p = open.solve_in_t();
    if (!(p.above >= 0.0)) return balanced(1.0);
    if (buys[j].low <= p.spent[j] && p.spent[j] <= buys[j].high) return p;
    break;
  }
  return solve_in_t();
}

}  // namespace trimtab::sizing
