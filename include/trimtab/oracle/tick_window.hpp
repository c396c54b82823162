// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/time.hpp>
#include <trimtab/core/wide.hpp>
#include <trimtab/liquidity/tick.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace trimtab::oracle {

/// What a Uniswap v3 pool has summed up since it began.
struct tick_sums {
  std::int64_t tick_seconds = 0;            ///< Σ tick·seconds
  uint256 seconds_per_liquidity_x128 = {};  ///< Σ ⌊seconds·2¹²⁸/max(liquidity, 1)⌋, modulo 2¹⁶⁰
};

/// One stored observation: the sums at a moment.
struct tick_observation {
  timestamp at{};
  tick_sums sums{};
  bool initialised = false;
};

/// What a window says.
struct tick_window {
  tick_sums start{}, end{};
  std::int32_t mean_tick = 0;         ///< time-weighted, rounded to −∞: of the logarithm of the price
  uint256 harmonic_mean_liquidity{};  ///< of liquidity in range, rounded down

  /// @brief Whole tokens 1 per whole token 0 at the mean tick, 1.0001^tick·10^(decimals 0 − decimals 1): a geometric
  /// mean, never above the arithmetic one, and within one part in 10⁴ of it being rounded down.
  [[nodiscard]] double mean_price(int decimals0, int decimals1) const noexcept {
    return std::exp(mean_tick * std::log1p(1e-4)) * std::pow(10.0, decimals0 - decimals1);
  }
};

/// @brief The observations of a Uniswap v3 pool, in a ring, and the time-weighted means over them.
///
/// The ring is the caller's memory: either filled by `moved` as the pool trades, or copied from the chain (`newest` and
/// `cardinality` are the pool's own, slots.size() what the ring may grow to). Only the last tick of a block counts:
/// what a block does in between is never stored. Times are unwrapped seconds; the chain's 32 bits want widening.
/// @source Uniswap v3 whitepaper, §5.2 and §6.3; Oracle.sol, and OracleLibrary.sol `consult` for the means
struct tick_ring {
  std::span<tick_observation> slots{};
  std::size_t newest = 0, cardinality = 0;
  std::int32_t tick = 0;  ///< the pool's, now
  uint256 liquidity{};    ///< in range, now

  /// @errors size_mismatch (no observation, or more than there are slots), time_backwards (observations out of order,
  /// or
  ///         too far apart for 32 bits), outside_validity (a tick, a liquidity or sums that the contract cannot hold)
  /// @cost   O(cardinality)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!begun()) return errc::size_mismatch;
    for (std::size_t i = 0; i < stored(); ++i) {
      const tick_observation& o = nth(i);
      if (!o.initialised) return errc::size_mismatch;
      if (i > 0 && !follows(nth(i - 1).at, o.at)) return errc::time_backwards;
      constexpr std::int64_t most = std::int64_t{1} << 55;
      if (o.sums.tick_seconds >= most || o.sums.tick_seconds < -most) return errc::outside_validity;
      const uint256& per = o.sums.seconds_per_liquidity_x128;
      if (per != modulo_160(per)) return errc::outside_validity;
    }
    return holds(tick, liquidity) ? errc::ok : errc::outside_validity;
  }

  /// @brief The pool begins.
  /// @errors size_mismatch (no slots), outside_validity (a tick or a liquidity that the contract cannot hold)
  constexpr errc start(timestamp now, std::int32_t first_tick, const uint256& first_liquidity) noexcept {
    if (slots.empty()) return errc::size_mismatch;
    if (!holds(first_tick, first_liquidity)) return errc::outside_validity;
    for (tick_observation& slot : slots) slot = {};
    slots[0] = {.at = now, .sums = {}, .initialised = true};
    newest = 0, cardinality = 1, tick = first_tick, liquidity = first_liquidity;
    return errc::ok;
  }

  /// @brief The pool is at this tick and liquidity from now on. What held until now is summed up and stored, once in a
  /// block and only if something has changed; the ring grows to all its slots when it would otherwise begin again.
  /// @errors size_mismatch (not begun), time_backwards (before the newest observation, or 2³² seconds after it),
  ///         outside_validity (a tick or a liquidity that the contract cannot hold)
  constexpr errc moved(timestamp now, std::int32_t to_tick, const uint256& to_liquidity) noexcept {
    if (!begun()) return errc::size_mismatch;
    if (!holds(to_tick, to_liquidity)) return errc::outside_validity;
    const tick_observation& last = slots[newest];
    if (now != last.at && !follows(last.at, now)) return errc::time_backwards;
    const bool changed = to_tick != tick || to_liquidity != liquidity;
    if (changed && now != last.at) {
      const tick_observation next{.at = now, .sums = sums_after(last, now), .initialised = true};
      if (newest == cardinality - 1) cardinality = slots.size();
      newest = newest + 1 == cardinality ? 0 : newest + 1;
      slots[newest] = next;
    }
    tick = to_tick, liquidity = to_liquidity;
    return errc::ok;
  }

  /// @brief The sums at a moment up to now: stored, interpolated between two observations, or carried on from the
  /// newest with the pool's present tick and liquidity.
  /// @pre `validate()` is ok; it is not asked again
  /// @errors size_mismatch (not begun), time_backwards (after now, or now before the newest observation or 2³² seconds
  ///         after it), outside_validity (before the oldest observation that is still there)
  /// @cost   O(log cardinality)
  [[nodiscard]] constexpr result<tick_sums> at(timestamp when, timestamp now) const noexcept {
    if (!begun()) return errc::size_mismatch;
    const tick_observation& last = slots[newest];
    if (when > now || (now != last.at && !follows(last.at, now))) return errc::time_backwards;
    if (when >= last.at) return sums_after(last, when);
    if (when < nth(0).at) return errc::outside_validity;
    std::size_t low = 0, high = stored() - 1;  // nth(low) ≤ when < nth(high)
    while (high - low > 1) {
      const std::size_t middle = low + (high - low) / 2;
      (nth(middle).at <= when ? low : high) = middle;
    }
    return between(nth(low), nth(high), when);
  }

  /// @brief Means over the window [from, to]. Errors as `at`; bad_configuration: a window of no length.
  [[nodiscard]] constexpr result<tick_window> window(timestamp from, timestamp to, timestamp now) const noexcept {
    if (from >= to) return errc::bad_configuration;
    const auto first = at(from, now), second = at(to, now);
    if (!first.has_value()) return first.error();
    if (!second.has_value()) return second.error();
    tick_window w{.start = *first, .end = *second};
    const std::int64_t length = (to - from).count(), sum = second->tick_seconds - first->tick_seconds;
    w.mean_tick = static_cast<std::int32_t>(sum / length - (sum % length < 0 ? 1 : 0));
    // length/Σ(seconds/liquidity); 2¹⁶⁰ − 1 for 2¹⁶⁰, as in the contract's library.
    constexpr uint256 top = uint256::from_words(0, (std::uint64_t{1} << 32) - 1, ~std::uint64_t{0}, ~std::uint64_t{0});
    constexpr uint256 two_to_32{std::uint64_t{1} << 32};
    const uint256 sum_x160 =
        *less(second->seconds_per_liquidity_x128, first->seconds_per_liquidity_x128).multiply(two_to_32);
    const auto mean = multiply_divide(uint256{static_cast<std::uint64_t>(length)}, top, sum_x160, rounding::down);
    if (!mean.has_value()) return errc::outside_validity;
    w.harmonic_mean_liquidity = *mean;
    return w;
  }

private:
  [[nodiscard]] constexpr bool begun() const noexcept {
    return newest < cardinality && cardinality <= slots.size() && slots[newest].initialised;
  }
  static constexpr bool holds(std::int32_t tick, const uint256& liquidity) noexcept {
    return tick >= liquidity::min_tick && tick <= liquidity::max_tick && (liquidity.word(2) | liquidity.word(3)) == 0;
  }
  static constexpr bool follows(timestamp a, timestamp b) noexcept {
    return a < b && b < a + seconds{std::int64_t{1} << 32};
  }
  [[nodiscard]] constexpr bool wrapped() const noexcept {
    return slots[newest + 1 == cardinality ? 0 : newest + 1].initialised;
  }
  [[nodiscard]] constexpr std::size_t stored() const noexcept { return wrapped() ? cardinality : newest + 1; }
  /// From the oldest on.
  [[nodiscard]] constexpr const tick_observation& nth(std::size_t n) const noexcept {
    const std::size_t i = wrapped() ? newest + 1 + n : n;
    return slots[i >= cardinality ? i - cardinality : i];
  }

  static constexpr uint256 modulo_160(const uint256& n) noexcept {
    return uint256::from_words(0, n.word(2) & 0xffffffffU, n.word(1), n.word(0));
  }
  /// a − b modulo 2¹⁶⁰.
  static constexpr uint256 less(const uint256& a, const uint256& b) noexcept {
    constexpr uint256 two_to_160 = uint256::from_words(0, std::uint64_t{1} << 32, 0, 0);
    return modulo_160(*a.add(two_to_160)->subtract(b));
  }
  [[nodiscard]] constexpr tick_sums sums_after(const tick_observation& last, timestamp when) const noexcept {
    const std::int64_t passed = (when - last.at).count();
    const uint256 per = liquidity == uint256{} ? uint256{1} : liquidity;
    const uint256 shifted = uint256::from_words(0, static_cast<std::uint64_t>(passed), 0, 0);
    const uint256 more = *divide(shifted, per, rounding::down);
    return {.tick_seconds = last.sums.tick_seconds + passed * tick,
            .seconds_per_liquidity_x128 = modulo_160(*last.sums.seconds_per_liquidity_x128.add(modulo_160(more)))};
  }
  static constexpr tick_sums between(const tick_observation& a, const tick_observation& b, timestamp when) noexcept {
    if (when == a.at) return a.sums;
    const std::int64_t whole = (b.at - a.at).count(), part = (when - a.at).count();
    const uint256 grown = less(b.sums.seconds_per_liquidity_x128, a.sums.seconds_per_liquidity_x128);
    const uint256 more = *multiply_divide(grown, uint256{static_cast<std::uint64_t>(part)},
                                          uint256{static_cast<std::uint64_t>(whole)}, rounding::down);
    return {.tick_seconds = a.sums.tick_seconds + (b.sums.tick_seconds - a.sums.tick_seconds) / whole * part,
            .seconds_per_liquidity_x128 = modulo_160(*a.sums.seconds_per_liquidity_x128.add(more))};
  }
};

}  // namespace trimtab::oracle
