// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/doubled.hpp>
#include <trimtab/core/merge_sort.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/liquidity/supply_curve.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace trimtab::liquidity {

/// A price at which the set of venues that trade changes: one piece of one venue begins or ends.
struct supply_event {
  doubled<double> root{};  ///< 1/√price: what the inputs of all Möbius pieces are linear in
  segment<> piece{};       ///< as the venue gave it, or as it continues: its price is that of this event
  double depth = 0.0;      ///< input per unit of root: what begins (> 0), what ends (< 0), 0 for a constant price
  double gas_units = 0.0;  ///< more, from here on
};

/// @brief What a supply curve is built in: `placed` is the curve and must outlive it, the rest may be used again.
/// For T pieces of all venues together: T, 4·T and 2·T of them.
struct supply_memory {
  std::span<segment<>> pieces{};
  std::span<supply_event> events{};
  std::span<placed_segment> placed{};
};

/// The memory for up to T pieces, where that is a constant.
template <std::size_t T>
struct supply_room {
  std::array<segment<>, T> pieces{};
  std::array<supply_event, 4 * T> events{};
  std::array<placed_segment, 2 * T> placed{};

  [[nodiscard]] constexpr supply_memory memory() noexcept { return {pieces, events, placed}; }
};

/// T: how many pieces these venues are.
template <class... Vs>
constexpr std::size_t pieces_of(const Vs&... venues) noexcept {
  return (std::size_t{0} + ... + venues.segment_count());
}
template <class V>
constexpr std::size_t pieces_of(std::span<const V> venues) noexcept {
  std::size_t count = 0;
  for (const V& venue : venues) count += venue.segment_count();
  return count;
}

/// @brief Adds venues one by one, of any kind, and makes their aggregate.
///
/// Every piece is a Möbius map with xᵢ = bᵢ·(s − sᵢ), b = √price / curvature and s = 1/√λ for the common marginal price
/// λ, so the pieces that trade between two events are together one Möbius piece of curvature √λ / Σbᵢ. The sums and s
/// carry twice the digits: pieces of any size may begin and end beside one another and take nothing from the others.
/// @cost O(T log T) for T pieces; nothing is allocated
/// @source derived here: the sup-convolution of concave functions adds their inverse marginal prices (Rockafellar 1970,
/// theorem 16.4)
class supply_builder {
public:
  constexpr explicit supply_builder(supply_memory memory) noexcept : memory_(memory) {}

  /// A curve that is not concave enters by its pieces, which lie below it; `supply_curve::error` says how far. Of a
  /// venue that is refused nothing stays.
  /// @errors the venue's own; capacity (the memory is too small); bad_configuration (pieces whose prices rise);
  ///         not_finite, non_positive_price, negative_amount (a piece that is none)
  template <Venue V>
  constexpr errc add(const V& venue) noexcept {
    if (const errc wrong = venue.validate(); wrong != errc::ok) return wrong;
    const std::size_t wanted = venue.segment_count();
    if (wanted > memory_.pieces.size()) return errc::capacity;
    const std::size_t count = venue.segments(memory_.pieces.first(wanted));
    if (2 * (events_ + 2 * count) > memory_.events.size()) return errc::capacity;

    const std::size_t begun = events_;
    if (const errc wrong = place_all(venue, memory_.pieces.first(count)); wrong != errc::ok) {
      events_ = begun;
      return wrong;
    }
    error_ += segment_error_of(venue, wanted);
    return errc::ok;
  }

  /// @errors capacity (the memory is too small)
  [[nodiscard]] constexpr result<supply_curve> build() noexcept {
    const auto events = memory_.events.first(events_);
    merge_sort(events, memory_.events.subspan(events_),
               [](const supply_event& a, const supply_event& b) { return a.root < b.root; });
    running sum;
    for (std::size_t i = 0; i < events.size(); ++i) {
      const supply_event& at = events[i];
      sum.gas_units += at.gas_units;
      if (at.depth == 0.0) {
        if (!put(sum, at.piece, at.root, events[0])) return errc::capacity;
        if (!is_finite(at.piece.capacity)) break;
      } else {
        sum.trading += at.depth > 0.0 ? 1 : -1;
        sum.depth = sum.trading == 0 ? doubled<double>() : sum.depth + doubled<double>(at.depth);
      }
      if (sum.trading == 0) continue;
      const bool last = i + 1 == events.size();
      const bool alone = sum.trading == 1 && at.depth > 0.0 && (last || events[i + 1].depth < 0.0);
      segment<> together = at.piece;
      if (!alone) {
        const double depth = sum.depth.high;
        together = {at.piece.price, 1.0 / (depth * at.root.high), infinity};
        if (!last) together.capacity = depth * (events[i + 1].root - at.root).high;
      }
      if (together.capacity > 0.0 && !put(sum, together, at.root, events[0])) return errc::capacity;
    }
    return supply_curve{.pieces = memory_.placed.first(sum.count), .error = error_};
  }

private:
  struct running {
    doubled<double> depth{}, in{}, out{}, loss{};
    double gas_units = 0.0;
    std::size_t count = 0;
    int trading = 0;
  };
  static constexpr doubled<double> one{1.0};
  static constexpr double rounding = 0x1p-50;   // relative, of the root
  static constexpr double tolerated = 0x1p-40;  // by so much may the prices of a venue's pieces rise

  template <Venue V>
  constexpr errc place_all(const V& venue, std::span<const segment<>> pieces) noexcept {
    double before = 0.0, gas = 0.0;
    doubled<double> end;
    for (const segment<>& s : pieces) {
      if (!is_finite(s.price) || !is_finite(s.curvature)) return errc::not_finite;
      if (!(s.price > 0.0)) return errc::non_positive_price;
      if (!(s.curvature >= 0.0) || !(s.capacity >= 0.0)) return errc::negative_amount;
      if (s.capacity == 0.0) continue;
      const double inside = before + (is_finite(s.capacity) ? 0.5 * s.capacity : 1.0);
      const double more = larger(0.0, venue.gas(inside) - gas);
      gas += more;
      doubled<double> begin = one / square_root(doubled<double>(s.price));
      // The price where a piece ends and that where the next begins are rounded apart: what is meant to be one is one.
      if (begin.high <= end.high * (1.0 + rounding) && before > 0.0) {
        if (begin.high < end.high * (1.0 - tolerated)) return errc::bad_configuration;
        begin = end;
      }
      end = place(s, begin, more);
      before += s.capacity;
    }
    return errc::ok;
  }
  /// The events of one piece; where it ends.
  constexpr doubled<double> place(const segment<>& s, doubled<double> begin, double gas_units) noexcept {
    const double stretch = s.curvature * s.capacity;
    if (!(stretch > 0x1p-70)) {  // as flat as makes no difference, its depth without bound
      memory_.events[events_++] = {begin, {s.price, 0.0, s.capacity}, 0.0, gas_units};
      return begin;
    }
    const double depth = 1.0 / (s.curvature * begin.high);
    memory_.events[events_++] = {begin, s, depth, gas_units};
    if (!is_finite(s.capacity)) return {infinity};
    const doubled<double> end = begin * (one + doubled<double>(s.curvature) * doubled<double>(s.capacity));
    memory_.events[events_++] = {end, {s.marginal_price(s.capacity), 0.0, 0.0}, -depth, 0.0};
    return end;
  }
  /// A piece behind those there are. False where there is no room for it.
  constexpr bool put(running& sum, const segment<>& s, doubled<double> root, const supply_event& start) noexcept {
    if (sum.count == memory_.placed.size()) return false;
    const double first = start.piece.price;
    const double gone = ((root - start.root) / root).high;  // 1 − √(price/p₀)
    const double drop = first * gone * (2.0 - gone);
    memory_.placed[sum.count++] = {s, sum.in.high, sum.out.high, sum.loss.high, drop, sum.gas_units};
    if (!is_finite(s.capacity)) return true;
    const double u = s.curvature * s.capacity;
    sum.in = sum.in + doubled<double>(s.capacity);
    sum.out = sum.out + doubled<double>(s.amount_out(s.capacity));
    sum.loss = sum.loss + doubled<double>(drop * s.capacity) + doubled<double>(s.price * s.capacity * (u / (1.0 + u)));
    return true;
  }

  supply_memory memory_{};
  std::size_t events_ = 0;
  double error_ = 0.0;
};

/// @brief The aggregate of venues of one type (`any_venue` mixes kinds). Their order decides nothing but who comes
/// first at an equal price.
/// @errors as `supply_builder`
template <Venue V>
constexpr result<supply_curve> build_supply_curve(std::span<const V> venues, supply_memory memory) noexcept {
  supply_builder builder(memory);
  for (const V& venue : venues) {
    if (const errc wrong = builder.add(venue); wrong != errc::ok) return wrong;
  }
  return builder.build();
}

/// The same of unlike venues.
template <Venue... Vs>
constexpr result<supply_curve> build_supply_curve(supply_memory memory, const Vs&... venues) noexcept {
  supply_builder builder(memory);
  errc wrong = errc::ok;
  ((wrong = wrong == errc::ok ? builder.add(venues) : wrong), ...);
  if (wrong != errc::ok) return wrong;
  return builder.build();
}

}  // namespace trimtab::liquidity
