// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>

#include <type_traits>
#include <utility>

namespace trimtab {

/// @brief A value, or the reason there is none. The member names are those of `std::expected<T, errc>`.
///
/// Trivially copyable when `T` is. `value()` and `operator*` of a refusal give a value-initialised `T`: no exception,
/// no undefined behaviour, but also nothing to act on, so ask first.
template <class T>
class [[nodiscard]] result {
public:
  using value_type = T;
  using error_type = errc;

  constexpr result(const T& value) noexcept(std::is_nothrow_copy_constructible_v<T>) : value_(value) {}
  constexpr result(errc why) noexcept : error_(why == errc::ok ? errc::bad_configuration : why) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return error_ == errc::ok; }
  constexpr explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] constexpr const T& value() const noexcept { return value_; }
  constexpr const T& operator*() const noexcept { return value_; }
  constexpr const T* operator->() const noexcept { return &value_; }
  [[nodiscard]] constexpr errc error() const noexcept { return error_; }

  [[nodiscard]] constexpr T value_or(const T& otherwise) const { return has_value() ? value_ : otherwise; }

  /// `f(value)`, itself a result, or the same refusal.
  template <class F>
  constexpr auto and_then(F&& f) const -> std::remove_cvref_t<std::invoke_result_t<F, const T&>> {
    if (has_value()) return std::forward<F>(f)(value_);
    return error_;
  }

  /// A result of `f(value)`, or the same refusal.
  template <class F>
  constexpr auto transform(F&& f) const -> result<std::remove_cvref_t<std::invoke_result_t<F, const T&>>> {
    if (has_value()) return std::forward<F>(f)(value_);
    return error_;
  }

private:
  T value_{};
  errc error_ = errc::ok;
};

}  // namespace trimtab
