// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/market/snapshot.hpp>
#include <trimtab/oracle/concept.hpp>
#include <trimtab/policy/signal_of.hpp>

#include <array>
#include <cstddef>

namespace trimtab {

/// What a guard sees of one slot of a snapshot. @pre the slot has a feed
template <class V, std::size_t N>
constexpr quote quote_of(const snapshot<V, N>& s, price_slot slot) noexcept {
  const feed& f = s.feeds[slot.index];
  return {.protocol = {s.prices[slot].value, f.protocol_at},
          .reference = f.reference,
          .others = f.others,
          .average = f.average,
          .contractual = f.contractual,
          .executable = f.executable,
          .next = f.next,
          .sequencer = s.sequencer};
}

/// @brief The guards' words on all slots of a snapshot, and what they come to for one account.
/// @tparam Most slots that are looked at
template <std::size_t Most>
struct judgement {
  trust overall = trust::ok;  ///< of the slots that the account reads
  doubt why = doubt::none;    ///< of the slot that decided,
  price_slot doubted{};       ///< which is this one
  std::array<trust, Most> of{};

  /// Slot by slot; a slot without a feed is a constant, and fair.
  [[nodiscard]] constexpr trust operator[](price_slot slot) const noexcept {
    return slot.index < Most ? of[slot.index] : trust::ok;
  }
};

/// @brief Whether the protocol's price of a slot may be the wrong one, so that what it says of health may be, too.
constexpr bool accuses_protocol(trust t) noexcept {
  return t == trust::protocol_bad || t == trust::unknown || t == trust::both_bad;
}

/// @brief What a token is really worth, as far as anybody knows, where the protocol's price may be the wrong one: our
/// reference where the protocol's alone is accused, and of what is held never more than a venue pays for it.
///
/// A price to judge health by, and to raise alarms. Limits are set by `fair_price`, which no venue moves.
constexpr double real_price(const quote& q, trust t, bool held) noexcept {
  if (!accuses_protocol(t)) return q.protocol.price;
  const bool ours = t == trust::protocol_bad && is_price(q.reference.price);
  const double price = ours ? q.reference.price : q.protocol.price, paid = q.executable.price.value;
  return held && is_price(paid) ? smaller(price, paid) : price;
}

/// Does a form read this slot?
template <std::size_t N>
constexpr bool reads(const form<double, N>& f, price_slot slot) noexcept {
  for (const auto* side : {&f.collateral, &f.debt})
    for (const term<double>& t : *side)
      if (t.slot == slot) return true;
  return false;
}

/// @brief Steps every guarded slot; the faults of the slots that this account reads count together. A reference that is
/// no price is our fault whatever the guards say: there is nothing else to set limits by than the protocol's price.
/// @param j      a fresh one, to be filled in, @param states one a slot; the next ones are written to it
/// @pre          no more feeds than states
template <std::size_t Most, OracleGuard G, class V, std::size_t N>
constexpr void judge(judgement<Most>& j, const G& guard, std::array<typename G::state_type, Most>& states,
                     const snapshot<V, N>& s, const form<double, N>& f) noexcept {
  for (std::size_t i = 0; i < s.feeds.size(); ++i) {
    const price_slot slot{static_cast<std::uint16_t>(i)};
    const quote q = quote_of(s, slot);
    auto g = guard.step(states[i], q, s.now);
    states[i] = g.state;
    if (!is_price(q.reference.price)) {
      if (g.verdict != trust::ours_bad) g.why = doubt::no_price;
      g.verdict = trust::ours_bad;
    }
    j.of[i] = g.verdict;
    if (g.verdict == trust::ok || !reads(f, slot)) continue;
    const trust before = j.overall;
    j.overall = worse(before, g.verdict);
    // The slot whose word it is; of two opposite ones, the first.
    if (before == trust::ok || (j.overall == g.verdict && before != g.verdict)) j.why = g.why, j.doubted = slot;
  }
}

/// @brief The form whose weights make the protocol's prices the real ones, slot by slot.
/// Formula   weight·(real price/protocol's price)
template <std::size_t Most, class V, std::size_t N>
constexpr form<double, N> at_real_prices(const judgement<Most>& j, const snapshot<V, N>& s,
                                         form<double, N> f) noexcept {
  for (auto* side : {&f.collateral, &f.debt})
    for (std::uint32_t i = 0; i < side->count; ++i) {
      term<double>& t = side->items[i];
      if (t.slot.index >= s.feeds.size()) continue;
      const quote q = quote_of(s, t.slot);
      const double real = real_price(q, j[t.slot], side == &f.collateral);
      if (real != q.protocol.price) t.weight *= real / q.protocol.price;
    }
  return f;
}

/// Which way the protocol is wrong about an account.
struct misvaluation {
  bool over = false;   ///< a price makes health look better than it is
  bool under = false;  ///< or worse
};
template <std::size_t Most, class V, std::size_t N>
constexpr misvaluation misvalued(const judgement<Most>& j, const snapshot<V, N>& s, const form<double, N>& f) noexcept {
  misvaluation m;
  for (const bool held : {true, false})
    for (const term<double>& t : held ? f.collateral : f.debt) {
      if (t.slot.index >= s.feeds.size() || !(t.amount > 0.0)) continue;
      const double price = s.prices[t.slot].value, real = real_price(quote_of(s, t.slot), j[t.slot], held);
      (held ? m.over : m.under) |= real < price;
      (held ? m.under : m.over) |= real > price;
    }
  return m;
}

}  // namespace trimtab
