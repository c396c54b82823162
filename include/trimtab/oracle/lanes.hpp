// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/bounds.hpp>
#include <trimtab/oracle/contractual_rate.hpp>
#include <trimtab/oracle/executable_divergence.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/oracle/median_of_sources.hpp>
#include <trimtab/oracle/next_price.hpp>
#include <trimtab/oracle/sequencer_grace.hpp>
#include <trimtab/oracle/twap_tolerance.hpp>

#include <cstddef>
#include <span>
#include <utility>

/// @file
/// The guards that remember nothing, over lanes: `accepts(guard, quotes)` is the mask of the lanes on which `step` says
/// `ok`. One price slot of many moments, paths or chains; who is wrong elsewhere, and why, the scalar step says.

namespace trimtab::oracle {

/// A price and how long ago it was said, in seconds: negative from the future, infinite where nobody said anything.
/// A type of few digits rounds long ages: `float` beyond 194 days.
template <Scalar S = double>
struct lane_price {
  S price = literal<S>(0.0);
  S age = literal<S>(infinity);
};

/// `quote` over lanes. As many other sources in each lane; one that is silent in some has an infinite age there.
template <Scalar S = double>
struct lane_quote {
  lane_price<S> protocol{}, reference{};
  std::span<const lane_price<S>> others{};
  lane_price<S> average{}, contractual{}, executable{}, next{};
  S up_for = literal<S>(infinity);  ///< seconds since the sequencer came up; negative while it is down
};

/// Seconds since a moment, as a lane holds them.
constexpr double age_of(timestamp at, timestamp now) noexcept {
  return at <= never ? infinity : static_cast<double>((now - at).count());
}

template <Scalar S>
constexpr mask_t<S> is_lane_price(const lane_price<S>& p) noexcept(std::floating_point<S>) {
  return literal<S>(0.0) < p.price && p.price < literal<S>(infinity);
}

template <Scalar S>
constexpr mask_t<S> is_lane_fresh(const lane_price<S>& p, seconds allowed) noexcept(std::floating_point<S>) {
  return literal<S>(0.0) <= p.age && p.age <= literal<S>(static_cast<double>(allowed.count()));
}

/// Both are prices.
template <Scalar S>
constexpr mask_t<S> priced(const lane_quote<S>& q) noexcept(std::floating_point<S>) {
  return is_lane_price(q.protocol) && is_lane_price(q.reference);
}

/// A third source is there, or may be missing and is.
template <Scalar S>
constexpr mask_t<S> passed_over(const lane_price<S>& p, bool may_be) noexcept(std::floating_point<S>) {
  const S zero = literal<S>(0.0), none = literal<S>(infinity);
  return p.price <= zero && zero <= p.price && none <= p.age && literal<S>(may_be ? 0.0 : 1.0) <= zero;
}
template <Scalar S>
constexpr mask_t<S> sound(const lane_price<S>& p, const third_source& rule) noexcept(std::floating_point<S>) {
  return is_lane_price(p) && is_lane_fresh(p, rule.max_age);
}

template <Scalar S>
constexpr mask_t<S> accepts(const max_age& g, const lane_quote<S>& q) noexcept(std::floating_point<S>) {
  return is_lane_fresh(q.reference, g.reference) && is_lane_fresh(q.protocol, g.protocol);
}

template <Scalar S>
constexpr mask_t<S> accepts(const max_deviation& g, const lane_quote<S>& q) noexcept(std::floating_point<S>) {
  const S gap = q.reference.price - q.protocol.price, allowed = literal<S>(g.limit.fraction()) * q.protocol.price;
  return priced(q) && allowed < literal<S>(infinity) && gap <= allowed && -gap <= allowed;
}

template <Scalar S>
constexpr mask_t<S> accepts(const bounds& g, const lane_quote<S>& q) noexcept(std::floating_point<S>) {
  const S low = literal<S>(g.low), high = literal<S>(g.high);
  return priced(q) && low <= q.reference.price && q.reference.price <= high && low <= q.protocol.price &&
         q.protocol.price <= high;
}

template <Scalar S>
constexpr mask_t<S> accepts(const median_of_sources& g, const lane_quote<S>& q) noexcept(std::floating_point<S>) {
  struct entry {
    S price;
    mask_t<S> counts;
  };
  const std::size_t last = g.others_age.size() - 1;
  const middle<S> m = middle_of<S>(q.others.size() + 1, [&](std::size_t i) {
    const lane_price<S>& p = i == 0 ? q.reference : q.others[i - 1];
    const seconds allowed = i == 0 ? g.reference_age : g.others_age[i - 1 < last ? i - 1 : last];
    return entry{p.price, is_lane_price(p) && is_lane_fresh(p, allowed)};
  });
  const auto near = [&](const S& price) { return within(price, m.lower, g.limit) && within(price, m.upper, g.limit); };
  return priced(q) && is_lane_fresh(q.reference, g.reference_age) &&
         literal<S>(static_cast<double>(g.quorum)) <= m.count && within(m.lower, m.upper, g.limit) &&
         near(q.reference.price) && near(q.protocol.price);
}

template <Scalar S>
constexpr mask_t<S> accepts(const twap_tolerance& g, const lane_quote<S>& q) noexcept(std::floating_point<S>) {
  return priced(q) && (passed_over(q.average, g.average.only_where_given) ||
                       (sound(q.average, g.average) && within(q.reference.price, q.average.price, g.limit) &&
                        within(q.protocol.price, q.average.price, g.limit)));
}

template <Scalar S>
constexpr mask_t<S> accepts(const executable_divergence& g, const lane_quote<S>& q) noexcept(std::floating_point<S>) {
  return priced(q) && (passed_over(q.executable, g.executable.only_where_given) ||
                       (sound(q.executable, g.executable) && within(q.reference.price, q.executable.price, g.limit) &&
                        within(q.protocol.price, q.executable.price, g.limit)));
}

template <Scalar S>
constexpr mask_t<S> accepts(const contractual_rate& g, const lane_quote<S>& q) noexcept(std::floating_point<S>) {
  return priced(q) && (passed_over(q.contractual, g.promise.only_where_given) ||
                       (sound(q.contractual, g.promise) && g.holds(q.reference.price, q.contractual.price) &&
                        g.holds(q.protocol.price, q.contractual.price)));
}

template <Scalar S>
constexpr mask_t<S> accepts(const next_price& g, const lane_quote<S>& q) noexcept(std::floating_point<S>) {
  const S late = literal<S>(static_cast<double>(g.overdue.count()));
  const S early = literal<S>(-static_cast<double>(g.horizon.count()));
  return priced(q) && (passed_over(q.next, g.only_where_given) ||
                       (is_lane_price(q.next) && early <= q.next.age && q.next.age <= late &&
                        within(q.next.price, q.reference.price, g.limit)));
}

template <Scalar S>
constexpr mask_t<S> accepts(const sequencer_grace& g, const lane_quote<S>& q) noexcept(std::floating_point<S>) {
  return literal<S>(static_cast<double>(g.grace.count())) < q.up_for;
}

/// Several, all of which must be content.
template <Scalar S, class... G>
constexpr mask_t<S> accepts(const all_of<G...>& g, const lane_quote<S>& q) noexcept(std::floating_point<S>) {
  const S zero = literal<S>(0.0);
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return ((zero <= zero) && ... && accepts(get<I>(g.guards), q));
  }
  (std::index_sequence_for<G...>{});
}

}  // namespace trimtab::oracle
