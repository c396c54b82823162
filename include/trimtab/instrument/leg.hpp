// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/instrument/concept.hpp>

#include <cstdint>
#include <type_traits>
#include <variant>

namespace trimtab::instrument {

/// @brief An instrument and the prices of the world that it reads: position k of its own list is `reads[k]`.
///
/// A list of legs is what an account's price slots are made of: leg k prices slot k.
template <Instrument I>
struct leg {
  I instrument{};
  std::array<std::uint16_t, I::capacity> reads{};

  /// The prices it reads, taken out of those of the world. @pre validate(world.size()) == errc::ok
  template <Scalar S>
  [[nodiscard]] constexpr std::array<S, I::capacity> underlyings(std::span<const S> world) const
      noexcept(std::floating_point<S>) {
    std::array<S, I::capacity> u{};
    for (std::size_t k = 0; k < instrument.size(); ++k) u[k] = world[reads[k]];
    return u;
  }
  /// Worth of one unit at the prices of the world, base currency.
  template <Scalar S>
  [[nodiscard]] constexpr S value(std::span<const S> world) const noexcept(std::floating_point<S>) {
    const auto u = underlyings<S>(world);
    return instrument.template value<S>(std::span<const S>(u.data(), instrument.size()));
  }
  template <Scalar S>
  [[nodiscard]] constexpr jet<S, I::capacity> at(std::span<const S> world) const noexcept(std::floating_point<S>) {
    const auto u = underlyings<S>(world);
    return instrument.template at<S>(std::span<const S>(u.data(), instrument.size()));
  }
  /// @errors the instrument's own; size_mismatch (reads a price that the world does not have), duplicate_asset (reads
  /// one twice)
  [[nodiscard]] constexpr errc validate(std::size_t prices_in_the_world) const noexcept {
    if (const errc e = instrument.validate(); e != errc::ok) return e;
    if (instrument.size() > I::capacity) return errc::capacity;
    for (std::size_t k = 0; k < instrument.size(); ++k) {
      if (reads[k] >= prices_in_the_world) return errc::size_mismatch;
      for (std::size_t j = 0; j < k; ++j)
        if (reads[j] == reads[k]) return errc::duplicate_asset;
    }
    return errc::ok;
  }
};

/// @brief The door of a list of legs: leg k is to price slot k at the prices of the world.
/// @errors those of the legs; not_finite, non_positive_price (a price that some leg reads)
template <Instrument I>
constexpr errc validate(std::span<const leg<I>> legs, std::span<const double> world) noexcept {
  for (const leg<I>& l : legs) {
    if (const errc e = l.validate(world.size()); e != errc::ok) return e;
    const auto u = l.template underlyings<double>(world);
    if (const errc e = valid_underlyings(l.instrument, {u.data(), l.instrument.size()}); e != errc::ok) return e;
  }
  return errc::ok;
}

/// @brief The price of every slot: leg k into out[k], base currency. @errors size_mismatch (one price per leg)
template <Scalar S, Instrument I>
constexpr errc slot_prices(std::span<const leg<I>> legs, std::type_identity_t<std::span<const S>> world,
                           std::span<S> out) noexcept(std::floating_point<S>) {
  if (out.size() != legs.size()) return errc::size_mismatch;
  for (std::size_t k = 0; k < legs.size(); ++k) out[k] = legs[k].template value<S>(world);
  return errc::ok;
}

/// @brief One of several instruments, chosen at run time; an instrument itself. The caller lists the types.
template <Instrument... Is>
class one_of {
public:
  static constexpr std::size_t capacity = [] {
    std::size_t most = 0;
    for (const std::size_t k : {Is::capacity...}) most = k > most ? k : most;
    return most;
  }();

  constexpr one_of() = default;
  template <class I>
  requires(std::same_as<I, Is> || ...) constexpr one_of(const I& instrument) noexcept : chosen_(instrument) {}

  [[nodiscard]] constexpr const std::variant<Is...>& chosen() const noexcept { return chosen_; }
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    return std::visit([](const auto& i) { return i.size(); }, chosen_);
  }
  [[nodiscard]] constexpr errc validate() const noexcept {
    return std::visit([](const auto& i) { return i.validate(); }, chosen_);
  }
  template <Scalar S>
  [[nodiscard]] constexpr S value(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return std::visit([u](const auto& i) { return i.template value<S>(u); }, chosen_);
  }
  template <Scalar S>
  [[nodiscard]] constexpr jet<S, capacity> at(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return std::visit([u](const auto& i) { return widened(i.template at<S>(u)); }, chosen_);
  }
  [[nodiscard]] constexpr double cubic_bound(std::span<const double> u, const price_box& box) const noexcept {
    return std::visit([u, &box](const auto& i) { return i.cubic_bound(u, box); }, chosen_);
  }

private:
  template <Scalar S, std::size_t K>
  static constexpr jet<S, capacity> widened(const jet<S, K>& narrow) noexcept(std::floating_point<S>) {
    jet<S, capacity> wide{.value = narrow.value, .gradient = {}, .hessian = {}, .size = narrow.size};
    for (std::size_t i = 0; i < K; ++i) {
      wide.gradient[i] = narrow.gradient[i];
      for (std::size_t j = 0; j < K; ++j) wide.hessian[i * capacity + j] = narrow.gamma(i, j);
    }
    return wide;
  }

  std::variant<Is...> chosen_{};
};

}  // namespace trimtab::instrument
