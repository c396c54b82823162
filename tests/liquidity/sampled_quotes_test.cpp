// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/sampled_quotes.hpp>

#include "laws/venue_laws.hpp"
#include <algorithm>
#include <array>

namespace trimtab {
namespace {

using liquidity::book_node;
using liquidity::build_sampled_quotes;
using liquidity::constant_product;
using liquidity::quote_sample;
using liquidity::sampled_quotes;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double epsilon = std::numeric_limits<double>::epsilon();

TEST(SampledQuotes, ThroughConcaveSamplesItIsStraight) {
  constexpr std::array<quote_sample, 3> samples{{{1.0, 2.0}, {3.0, 5.0}, {7.0, 7.0}}};
  std::array<book_node, 3> room{};
  const auto venue = build_sampled_quotes(samples, room);
  ASSERT_TRUE(venue);
  EXPECT_EQ(venue->shortfall, 0.0);
  EXPECT_EQ(venue->amount_out(0.5), 1.0);
  EXPECT_EQ(venue->amount_out(2.0), 3.5);
  EXPECT_EQ(venue->amount_out(7.0), 7.0);
  EXPECT_EQ(venue->amount_out(8.0), 7.0) << "beyond the last sample nothing is known";
  EXPECT_EQ(venue->capacity(), 7.0);
  EXPECT_EQ(venue->after(2.0).shortfall, 0.0);
  EXPECT_EQ(venue->after(2.0).amount_out(1.0), 1.5);
}

TEST(SampledQuotes, ALowSampleBendsTheCurveDownToItself) {
  // 4.2 for 3 lies 0.8 below the line from 1 to 7.
  constexpr std::array<quote_sample, 4> samples{{{1.0, 4.0}, {3.0, 4.2}, {7.0, 7.0}, {8.0, 7.1}}};
  std::array<book_node, 4> room{};
  const auto venue = build_sampled_quotes(samples, room);
  ASSERT_TRUE(venue);
  EXPECT_DOUBLE_EQ(venue->amount_out(3.0), 4.2);
  for (const quote_sample& s : samples) {
    EXPECT_LE(venue->amount_out(s.in), s.out * (1.0 + 4.0 * epsilon));
    EXPECT_GE(venue->amount_out(s.in), s.out - venue->shortfall - 4.0 * epsilon * s.out);
  }
  EXPECT_NEAR(venue->shortfall, 0.8, 1e-12);
}

// The law of the envelope, on tables of every sort: concave, nowhere above a sample, nowhere further below than it
// says.
TEST(SampledQuotes, PaysNoSampleMoreThanQuotedAndSaysHowMuchLess) {
  test::random_numbers random(6);
  double worst = 0.0;
  std::size_t concave = 0;
  for (int round = 0; round < 3000; ++round) {
    std::vector<quote_sample> samples;
    double in = random.log_uniform(1e-9, 1e9);
    double out = in * random.log_uniform(1e-9, 1e9);
    const bool wild = round % 3 == 0, noisy = round % 3 == 1;
    const constant_product pool{.reserve_in = in * 1e2, .reserve_out = out * 1e2};
    for (std::uint64_t i = 0; i < 1 + random.below(20); ++i) {
      const double fair = pool.amount_out(in) * (noisy ? random.uniform(0.95, 1.0) : 1.0);
      out = wild ? out * random.log_uniform(1.0, 3.0) : std::max(i == 0 ? 0.0 : out, fair);
      samples.push_back({in, out});
      in *= random.uniform(1.01, 3.0);
    }
    std::vector<book_node> room(samples.size());
    const auto venue = build_sampled_quotes(samples, room);
    ASSERT_TRUE(venue);
    ASSERT_EQ(venue->validate(), errc::ok);
    double steepest = infinity, furthest = 0.0;
    for (const book_node& piece : venue->levels) {
      EXPECT_LE(piece.price, steepest);
      steepest = piece.price;
    }
    for (const quote_sample& s : samples) {
      const double paid = venue->amount_out(s.in);
      worst = std::max(worst, paid / s.out - 1.0);
      furthest = std::max(furthest, s.out - paid);
      EXPECT_LE(s.out - paid, venue->shortfall + 64.0 * epsilon * s.out);
    }
    EXPECT_GE(furthest, venue->shortfall - 64.0 * epsilon * samples.back().out) << "and no less: the bound is reached";
    if (!wild && !noisy) {
      EXPECT_LE(venue->shortfall, 64.0 * epsilon * samples.back().out);
      ++concave;
    }
  }
  EXPECT_LE(worst, 64.0 * epsilon);
  EXPECT_EQ(concave, 1000U);
}

TEST(SampledQuotes, WhereMoreBringsNoMoreTheCurveEnds) {
  constexpr std::array<quote_sample, 3> samples{{{1.0, 2.0}, {2.0, 2.5}, {9.0, 2.5}}};
  std::array<book_node, 3> room{};
  const auto venue = build_sampled_quotes(samples, room);
  ASSERT_TRUE(venue);
  EXPECT_EQ(venue->capacity(), 2.0);
  EXPECT_EQ(venue->amount_out(9.0), 2.5);
}

TEST(SampledQuotes, ABadTableIsRefusedByName) {
  std::array<book_node, 2> room{};
  const auto refusal = [&](std::array<quote_sample, 2> samples) { return build_sampled_quotes(samples, room).error(); };
  EXPECT_EQ(refusal({{{2.0, 1.0}, {1.0, 2.0}}}), errc::bad_configuration) << "inputs out of order";
  EXPECT_EQ(refusal({{{1.0, 1.0}, {1.0, 2.0}}}), errc::bad_configuration) << "one input twice";
  EXPECT_EQ(refusal({{{1.0, 2.0}, {2.0, 1.0}}}), errc::bad_configuration) << "outputs that fall";
  EXPECT_EQ(refusal({{{1.0, 1.0}, {2.0, nan}}}), errc::not_finite);
  EXPECT_EQ(refusal({{{1.0, 1.0}, {infinity, 2.0}}}), errc::not_finite);
  EXPECT_EQ(refusal({{{-1.0, 1.0}, {2.0, 2.0}}}), errc::negative_amount);
  EXPECT_EQ(refusal({{{1.0, -1.0}, {2.0, 2.0}}}), errc::negative_amount);
  EXPECT_EQ(refusal({{{0.0, 0.0}, {2.0, 2.0}}}), errc::negative_amount);
  EXPECT_EQ(build_sampled_quotes({}, room).error(), errc::size_mismatch);
  constexpr std::array<quote_sample, 3> three{{{1.0, 1.0}, {2.0, 2.0}, {3.0, 3.0}}};
  EXPECT_EQ(build_sampled_quotes(three, room).error(), errc::size_mismatch);
}

TEST(SampledQuotes, AQuoteOfNoFinitePriceIsRefused) {
  constexpr std::array<quote_sample, 1> free{{{5e-324, 2.0}}};
  std::array<book_node, 1> room{};
  EXPECT_EQ(build_sampled_quotes(free, room).error(), errc::not_finite);
}

}  // namespace

namespace laws {
namespace {

// 13 sizes a quarter apart, as an aggregator samples, of a pool of 1000 and 2 million; every third quote 1 % low.
template <bool Bent>
struct sampled_case {
  static constexpr double scale = 20.0;
  static constexpr double tolerance = 1e-14;
  static sampled_quotes venue() {
    static std::array<book_node, 13> room{};
    std::array<quote_sample, 13> samples{};
    double x = 2.0;
    for (std::size_t i = 0; i < samples.size(); ++i, x *= 1.25) {
      const double fair = constant_product{.reserve_in = 1e3, .reserve_out = 2e6}.amount_out(x);
      samples[i] = {x, Bent && i % 3 == 1 ? 0.99 * fair : fair};
    }
    return *build_sampled_quotes(samples, room);
  }
  static inline const double most_out = [] {
    double sum = 0.0;
    for (const book_node& piece : venue().levels) sum += piece.price * piece.size;
    return sum * (1.0 + 1e-14);
  }();
  // By the slopes and widths alone.
  static venue_reference reference(long double x) {
    static const sampled_quotes v = venue();
    venue_reference done{};
    for (const book_node& piece : v.levels) {
      const long double here = std::min<long double>(x, piece.size);
      if (x > 0.0L) done.marginal = piece.price;
      done.out += piece.price * here;
      done.loss += (static_cast<long double>(v.levels[0].price) - piece.price) * here;
      x -= here;
    }
    if (x > 0.0L) done.marginal = 0.0L, done.loss += v.levels[0].price * x;
    return done;
  }
};
using tables = testing::Types<sampled_case<false>, sampled_case<true>>;
INSTANTIATE_TYPED_TEST_SUITE_P(SampledQuotes, VenueLaws, tables);

}  // namespace
}  // namespace laws
}  // namespace trimtab
