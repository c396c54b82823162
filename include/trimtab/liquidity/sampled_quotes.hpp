// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/order_book.hpp>

namespace trimtab::liquidity {

/// What somebody quoted: so much out for so much in.
struct quote_sample {
  double in = 0.0;
  double out = 0.0;
};

/// @brief An aggregator's table of quotes as a concave curve that pays no sample more than it was quoted: straight from
/// nothing through the samples where these are concave.
///
/// A sample below the line through its neighbours (a step of an aggregator's grid, gas inside the quote) bends the
/// curve down to itself, along a line as steep as the curve was there; samples nearby are then paid less than quoted,
/// by `shortfall` at most. Between samples that are concave a concave curve lies above the straight line: what the
/// venue pays is never an extrapolation, and beyond the last sample input buys nothing. An order book in all else: its
/// levels are the straight pieces.
/// @source derived here: the least concave curve above the samples, and the lower of it and a line through each sample
///         below it; the lower of concave curves is concave
struct sampled_quotes : order_book {
  double shortfall = 0.0;  ///< how far a sample may lie above the curve, asset out; what was quoted is within it

  [[nodiscard]] constexpr sampled_quotes after(double x) const noexcept { return {order_book::after(x), shortfall}; }
};

/// @brief Writes the pieces of a table of quotes into the caller's memory.
/// @param samples by rising input, without the one for nothing; of equal output where more input brought no more
/// @param out     as many as samples
/// @errors size_mismatch (no room, no samples), not_finite, negative_amount (an input or a first output that is not
///         above zero), bad_configuration (inputs that do not rise, outputs that fall)
/// @cost   O(samples) and O(samples) more for each that is not concave
constexpr result<sampled_quotes> build_sampled_quotes(std::span<const quote_sample> samples,
                                                      std::span<book_node> out) noexcept {
  const std::size_t count = samples.size();
  if (count == 0 || out.size() < count) return errc::size_mismatch;
  for (std::size_t i = 0; i < count; ++i) {
    const quote_sample& at = samples[i];
    if (!is_finite(at.in) || !is_finite(at.out)) return errc::not_finite;
    if (!(at.in > 0.0) || !(at.out > 0.0)) return errc::negative_amount;
    if (i > 0 && (!(at.in > samples[i - 1].in) || at.out < samples[i - 1].out)) return errc::bad_configuration;
  }
  // The corners of the least concave curve above the samples, and what it pays each. Until they are levels the nodes
  // hold in `price` the input and in `size` the output of a corner, in `out` what a sample is paid.
  std::size_t corners = 0;
  for (const quote_sample& at : samples) {
    for (; corners > 0; --corners) {
      const double x = corners > 1 ? out[corners - 2].price : 0.0, y = corners > 1 ? out[corners - 2].size : 0.0;
      const book_node& last = out[corners - 1];
      if ((last.size - y) * (at.in - x) >= (at.out - y) * (last.price - x)) break;
    }
    out[corners].price = at.in;
    out[corners++].size = at.out;
  }
  for (std::size_t i = 0, corner = 0; i < count; ++i) {
    if (out[corner].price < samples[i].in) ++corner;
    const double x = corner > 0 ? out[corner - 1].price : 0.0, y = corner > 0 ? out[corner - 1].size : 0.0;
    const double slope = (out[corner].size - y) / (out[corner].price - x);
    const bool is_corner = samples[i].in == out[corner].price;
    out[i].out.high = is_corner ? samples[i].out : larger(samples[i].out, y + slope * (samples[i].in - x));
    out[i].in.high = slope;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const quote_sample& low = samples[i];
    if (!(out[i].out.high > low.out)) continue;
    const double slope = smaller(out[i].in.high, low.out / low.in);  // no steeper: for nothing it pays nothing
    for (std::size_t j = 0; j < count; ++j)
      out[j].out.high = smaller(out[j].out.high, low.out + slope * (samples[j].in - low.in));
  }
  book_node before{.price = infinity};
  double shortfall = 0.0, in = 0.0, paid = 0.0;
  std::size_t pieces = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double pays = out[i].out.high, width = samples[i].in - in;
    const double slope = smaller(before.price, (pays - paid) / width);  // by rounding only

    if (!is_finite(slope)) return errc::not_finite;
    in = samples[i].in;
    paid = pays;
    if (slope > 0.0 && pieces == i) out[pieces++] = before = before.followed_by({slope, width});
    shortfall = larger(shortfall, samples[i].out - before.out.high);
  }
  return sampled_quotes{{.levels = out.first(pieces)}, shortfall};
}

}  // namespace trimtab::liquidity
