// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/oracle/concept.hpp>

namespace trimtab::oracle {

/// Two prices no farther apart than a limit, whichever of them is the measure: a ≤ b·(1 + limit) and b ≤ a·(1 + limit).
/// Never true of a NaN.
template <Scalar S>
constexpr mask_t<S> within(const S& a, const S& b, basis_points limit) noexcept(std::floating_point<S>) {
  const S grown = literal<S>(1.0 + limit.fraction());
  return a <= b * grown && b <= a * grown;
}

/// @brief How a guard takes a source besides the two: how old it may be, and what its absence means.
///
/// A slot that has no such source at all (no contract redeems ether) is passed over with `only_where_given`; a source
/// that has been given and is stale or no price is doubted all the same. Without it, silence is doubted too.
struct third_source {
  seconds max_age{60};
  bool only_where_given = false;

  [[nodiscard]] constexpr errc validate() const noexcept {
    return max_age.count() >= 0 ? errc::ok : errc::bad_configuration;
  }
  /// Whether a guard that allows it may pass over this slot.
  [[nodiscard]] constexpr bool passes_over(double price, timestamp at) const noexcept {
    return only_where_given && price == 0.0 && at == never;
  }
  /// What is wrong with the source itself.
  [[nodiscard]] constexpr doubt fault(double price, timestamp at, timestamp now) const noexcept {
    if (!is_price(price)) return doubt::no_price;
    return is_fresh(at, now, max_age) ? doubt::none : doubt::age;
  }
};

/// @brief The two sources as an independent third one sees them: the one that is alone is the bad one. Where both are
/// away from it nobody knows: they may have moved, and the third not yet.
constexpr trust seen_from_third(bool ours_near, bool protocols_near) noexcept {
  return ours_near || protocols_near ? accuse(!ours_near, !protocols_near) : trust::unknown;
}

/// Both sources against the price of an independent third one.
constexpr trust judge_by_third(const quote& q, double third, basis_points limit) noexcept {
  return seen_from_third(within(q.reference.price, third, limit), within(q.protocol.price, third, limit));
}

}  // namespace trimtab::oracle
