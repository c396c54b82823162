// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/third_source.hpp>

namespace trimtab::oracle {

/// @brief The price that the protocol has published and will use later, against our reference of now.
///
/// | next price | protocol's of now | verdict |
/// |---|---|---|
/// | near our reference | either | ok: a delayed feed that is away now is about to follow |
/// | away | near our reference | protocol_bad: it is going to be wrong at `next.at`, and liquidates from then on |
/// | away | away | unknown: two readings of the protocol's against one of ours |
///
/// A next price overdue by more than the allowance means that nobody updates the feed: protocol_bad, for its age. One
/// due after the horizon is no moment that the protocol keeps: unknown.
/// Formula   near: price ≤ reference·(1 + limit) and reference ≤ price·(1 + limit)
struct next_price {
  basis_points limit{500.0};
  seconds overdue{900};   ///< after its moment
  seconds horizon{7200};  ///< ahead of now
  bool only_where_given = false;

  struct state_type {};

  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!(limit.count > 0.0) || !is_finite(limit.count)) return errc::bad_configuration;
    return overdue.count() >= 0 && horizon.count() >= 0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr guarded<state_type> step(state_type, const quote& q, timestamp now) const noexcept {
    if (const trust t = priceless(q); t != trust::ok) return {t, {}, doubt::no_price};
    const third_source rule{.max_age = overdue, .only_where_given = only_where_given};
    if (rule.passes_over(q.next.price, q.next.at)) return {};
    if (!is_price(q.next.price)) return {trust::unknown, {}, doubt::no_price};
    if (q.next.at > now && q.next.at - now > horizon) return {trust::unknown, {}, doubt::age};
    if (q.next.at < now - overdue || q.next.at == never) return {trust::protocol_bad, {}, doubt::age};
    if (within(q.next.price, q.reference.price, limit)) return {};
    const bool near_now = within(q.protocol.price, q.reference.price, limit);
    return {near_now ? trust::protocol_bad : trust::unknown, {}, doubt::next_price};
  }
};

}  // namespace trimtab::oracle
