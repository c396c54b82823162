// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/oracle/third_source.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace trimtab::oracle {

/// The two middle ones of some prices, the same one where their number is odd.
template <Scalar S = double>
struct middle {
  S lower{};
  S upper{};
  S count{};  ///< of those that counted; with none, both middles are 0
};

/// @brief The middle of the prices that count, by rank: x is the lower one where 2·#(< x) ≤ n − 1 < 2·#(≤ x), the upper
/// one where 2·#(< x) ≤ n < 2·#(≤ x).
///
/// @param at `at(i)` gives {price, whether it counts}; a price that counts is one
/// @cost  size², no memory
template <Scalar S, class At>
constexpr middle<S> middle_of(std::size_t size, At at) noexcept(std::floating_point<S>) {
  const S zero = literal<S>(0.0), one = literal<S>(1.0), two = literal<S>(2.0);
  middle<S> m{zero, zero, zero};
  for (std::size_t i = 0; i < size; ++i) m.count = m.count + blend<S>(at(i).counts, one, zero);
  for (std::size_t i = 0; i < size; ++i) {
    const auto candidate = at(i);
    S below = zero, upto = zero;
    for (std::size_t j = 0; j < size; ++j) {
      const auto other = at(j);
      below = below + blend<S>(other.counts && other.price < candidate.price, one, zero);
      upto = upto + blend<S>(other.counts && other.price <= candidate.price, one, zero);
    }
    const S twice_below = two * below, twice_upto = two * upto;
    m.lower = blend<S>(candidate.counts && twice_below <= m.count - one && m.count - one < twice_upto, candidate.price,
                       m.lower);
    m.upper = blend<S>(candidate.counts && twice_below <= m.count && m.count < twice_upto, candidate.price, m.upper);
  }
  return m;
}

/// @brief The middle prices of a list; their mean is the usual median, and up to ⌊(n − 1)/2⌋ of n sources may be wrong
/// by anything without moving the median beyond the others.
/// @errors size_mismatch (no prices), not_finite, non_positive_price
constexpr result<middle<>> median(std::span<const double> prices) noexcept {
  struct entry {
    double price;
    bool counts;
  };
  if (prices.empty()) return errc::size_mismatch;
  for (const double p : prices)
    if (!is_price(p)) return is_finite(p) ? errc::non_positive_price : errc::not_finite;
  return middle_of<double>(prices.size(), [&](std::size_t i) { return entry{prices[i], true}; });
}

/// @brief The protocol and our own reference against the median of all sources that are ours: the reference and the
/// others, each within its own allowance. Whichever is away from the median is the bad one.
///
/// Of an even number the two middle ones must agree with each other, too, and a price must be near both. Fewer fresh
/// sources than the quorum know nothing: `unknown`, unless the reference is stale or no price, which is its own fault.
/// Formula   near: price ≤ m·(1 + limit) and m ≤ price·(1 + limit), m the lower and the upper middle
struct median_of_sources {
  basis_points limit{200.0};
  std::size_t quorum = 3;  ///< of fresh sources, the reference among them
  seconds reference_age{30};
  std::array<seconds, 8> others_age = each(seconds{60});  ///< one by one; the last holds for those behind it

  struct state_type {};

  [[nodiscard]] static constexpr std::array<seconds, 8> each(seconds age) noexcept {
    return {age, age, age, age, age, age, age, age};
  }
  /// @errors bad_configuration (a quorum of fewer than two: one source is no median)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!(limit.count > 0.0) || !is_finite(limit.count) || quorum < 2) return errc::bad_configuration;
    for (const seconds age : others_age)
      if (age.count() < 0) return errc::bad_configuration;
    return reference_age.count() >= 0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr guarded<state_type> step(state_type, const quote& q, timestamp now) const noexcept {
    const bool stale = !is_fresh(q.reference.at, now, reference_age);
    const trust none = priceless(q);
    bool ours = stale || !is_price(q.reference.price), theirs = !is_price(q.protocol.price);
    const middle<> m = middle_at(q, now);
    if (knows(m)) {
      ours = ours || !near(q.reference.price, m);
      theirs = theirs || !near(q.protocol.price, m);
    } else if (!ours && !theirs) {
      return {trust::unknown, {}, doubt::sources};
    }
    const doubt why = none != trust::ok ? doubt::no_price : stale ? doubt::age : doubt::sources;
    return said<state_type>(accuse(ours, theirs), why);
  }

  /// @brief The price to set limits by, with a quorum: of an even number the middle one that asks least of a venue,
  /// the lower for what is sold and the upper for what is bought.
  /// @errors oracle_unknown (no quorum, or the two middle ones disagree)
  [[nodiscard]] constexpr result<double> median(const quote& q, timestamp now, leg side) const noexcept {
    const middle<> m = middle_at(q, now);
    if (!knows(m)) return errc::oracle_unknown;
    return side == leg::sold ? m.lower : m.upper;
  }

private:
  [[nodiscard]] constexpr bool near(double price, const middle<>& m) const noexcept {
    return within(price, m.lower, limit) && within(price, m.upper, limit);
  }
  [[nodiscard]] constexpr bool knows(const middle<>& m) const noexcept {
    return m.count >= static_cast<double>(quorum) && within(m.lower, m.upper, limit);
  }
  [[nodiscard]] constexpr middle<> middle_at(const quote& q, timestamp now) const noexcept {
    struct entry {
      double price;
      bool counts;
    };
    return middle_of<double>(q.others.size() + 1, [&](std::size_t i) {
      const observation& o = i == 0 ? q.reference : q.others[i - 1];
      const seconds age = i == 0 ? reference_age : others_age[i <= others_age.size() ? i - 1 : others_age.size() - 1];
      return entry{o.price, is_price(o.price) && is_fresh(o.at, now, age)};
    });
  }
};

/// @brief The price to set limits by where a median may settle what two sources cannot: as `fair_price` without one,
/// but while nobody knows which of the two is wrong, the median of a quorum, if there is one.
constexpr double fair_price(const quote& q, trust t, leg side, const result<double>& median) noexcept {
  const bool quarrel = t == trust::unknown || t == trust::both_bad;
  return quarrel && median.has_value() ? *median : trimtab::fair_price(q, t, side);
}

}  // namespace trimtab::oracle
