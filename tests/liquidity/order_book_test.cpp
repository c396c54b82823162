// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/order_book.hpp>

#include "laws/venue_laws.hpp"
#include "support/quad.hpp"
#include <algorithm>
#include <array>

namespace trimtab {
namespace {

using liquidity::book_level;
using liquidity::book_node;
using liquidity::build_order_book;
using liquidity::order_book;
using test::quad;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double epsilon = std::numeric_limits<double>::epsilon();

constexpr std::array<book_level, 4> bids{{{2000.0, 1.0}, {1999.0, 0.5}, {1999.0, 4.0}, {1500.0, 10.0}}};
constexpr auto nodes = [] {
  std::array<book_node, 4> built{};
  static_cast<void>(build_order_book(bids, built).has_value());
  return built;
}();
constexpr order_book book{.levels = nodes, .gas_units = 5e4, .gas_per_level = 1e4};
static_assert(book.amount_out(1.0) == 2000.0 && book.amount_out(1.25) == 2000.0 + 0.25 * 1999.0);
static_assert(book.amount_in(2000.0) == 1.0 && book.capacity() == 15.5);
static_assert(book.gas(1.0) == 5e4 && book.gas(1.25) == 6e4 && book.gas(100.0) == 8e4 && book.gas(0.0) == 0.0);
static_assert(Smooth<order_book>);

TEST(OrderBook, WhereALevelEndsThePriceIsStillItsOwn) {
  EXPECT_EQ(book.marginal_price(1.0).value, 2000.0);
  EXPECT_EQ(book.marginal_price(1.0000001).value, 1999.0);
  EXPECT_EQ(book.marginal_price(15.5).value, 1500.0);
  EXPECT_EQ(book.marginal_price(15.6).value, 0.0);
  EXPECT_NEAR(book.loss(15.6) - book.loss(15.5), 200.0, 1e-9) << "beyond the last level nothing is bought";
  EXPECT_EQ(book.amount_at({1999.0}), 1.0);
  EXPECT_EQ(book.amount_at({1998.0}), 5.5);
  EXPECT_EQ(book.amount_at({-1.0}), 15.5);
}

TEST(OrderBook, WhatIsTakenIsGone) {
  const order_book left = book.after(1.25);
  EXPECT_EQ(left.first, 1U);
  EXPECT_EQ(left.used, 0.25);
  EXPECT_EQ(left.capacity(), 14.25);
  EXPECT_EQ(left.after(0.25).first, 2U) << "a level that ends is left";
  EXPECT_EQ(left.after(0.25).used, 0.0);
  EXPECT_EQ(book.after(1e9).segment_count(), 0U);
  EXPECT_EQ(book.after(1e9).validate(), errc::ok);
  EXPECT_EQ(book.after(1e9).amount_out(1.0), 0.0);
}

TEST(OrderBook, WithoutOrdersNothingIsPaid) {
  const auto none = build_order_book({}, {});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->amount_out(1.0), 0.0);
  EXPECT_EQ(none->amount_in(1.0), infinity);
  EXPECT_EQ(none->amount_at({0.0}), 0.0);
  EXPECT_EQ(none->best_value({0.0}), 0.0);
  EXPECT_EQ(none->marginal_price(0.0).value, 0.0);
  EXPECT_EQ(none->loss(1.0), 0.0);
  EXPECT_EQ(none->capacity(), 0.0);
  EXPECT_EQ(none->segment_count(), 0U);
  EXPECT_TRUE(std::isnan(none->amount_out(nan)));
}

TEST(OrderBook, ABadBookIsRefusedByName) {
  std::array<book_node, 2> room{};
  const auto refusal = [&](std::array<book_level, 2> levels, basis_points fee = {}) {
    return build_order_book(levels, room, fee).error();
  };
  EXPECT_EQ(refusal({{{1.0, 1.0}, {2.0, 1.0}}}), errc::bad_configuration) << "not best first";
  EXPECT_EQ(refusal({{{1.0, 1.0}, {0.0, 1.0}}}), errc::non_positive_price);
  EXPECT_EQ(refusal({{{1.0, -1.0}, {1.0, 1.0}}}), errc::negative_amount);
  EXPECT_EQ(refusal({{{1.0, 0.0}, {1.0, 1.0}}}), errc::negative_amount);
  EXPECT_EQ(refusal({{{nan, 1.0}, {1.0, 1.0}}}), errc::not_finite);
  EXPECT_EQ(refusal({{{1.0, infinity}, {1.0, 1.0}}}), errc::not_finite);
  EXPECT_EQ(refusal({{{1e300, 1e300}, {1.0, 1.0}}}), errc::not_finite);
  EXPECT_EQ(refusal({{{1.0, 1.0}, {1.0, 1.0}}}, {1e4}), errc::bad_configuration);
  EXPECT_EQ(build_order_book(bids, room).error(), errc::size_mismatch);
  EXPECT_EQ((order_book{.levels = nodes, .first = 5}.validate()), errc::size_mismatch);
  EXPECT_EQ((order_book{.levels = nodes, .used = 1.0}.validate()), errc::bad_configuration);
  EXPECT_EQ((order_book{.levels = nodes, .used = nan}.validate()), errc::negative_amount);
}

struct exact_sale {
  quad out = 0, marginal = 0, loss = 0;
};
exact_sale sell_exactly(const order_book& b, quad x) {
  exact_sale done;
  const quad gamma = (quad(1e4) - quad(b.fee.count)) / 10'000, best = b.levels[b.first].price;
  for (std::size_t i = b.first; i < b.levels.size() && x > 0; ++i) {
    const quad size = quad(b.levels[i].size) - (i == b.first ? quad(b.used) : quad(0)), price = b.levels[i].price;
    const quad here = x < size ? x : size;
    done.out += gamma * price * here;
    done.loss += gamma * (best - price) * here;
    done.marginal = gamma * price;
    x -= here;
  }
  if (x > 0) done.marginal = 0, done.loss += gamma * best * x;
  return done;
}

TEST(OrderBook, AgreesWithAWalkIn113BitsAlsoWherePricesHardlyDiffer) {
  test::random_numbers random(5);
  double worst_out = 0.0, worst_loss = 0.0;
  for (int round = 0; round < 200; ++round) {
    std::vector<book_level> levels;
    double price = random.log_uniform(1e-9, 1e9);
    const double scale = random.log_uniform(1e-9, 1e9);
    for (std::uint64_t i = 0; i < 1 + random.below(300); ++i) {
      levels.push_back({price, scale * random.log_uniform(1e-8, 1.0)});
      price *= 1.0 - random.log_uniform(1e-15, 1e-2);
    }
    std::vector<book_node> room(levels.size());
    order_book b = *build_order_book(levels, room, {random.uniform(0.0, 50.0)});
    b = b.after(b.capacity() * random.uniform(0.0, 0.9));
    ASSERT_EQ(b.validate(), errc::ok);
    for (int i = 0; i < 40; ++i) {
      double x = b.capacity() * random.log_uniform(1e-15, 3.0);
      if (i % 4 == 0) x = b.amount_at({room[random.below(room.size())].price}) * (1.0 + 2.0 * epsilon);
      if (!(x > 0.0)) continue;
      const exact_sale exact = sell_exactly(b, x);
      worst_out =
          std::max(worst_out, static_cast<double>(test::magnitude(quad(b.amount_out(x)) / exact.out - 1)) / epsilon);
      if (exact.loss > 0)
        worst_loss = std::max(worst_loss, static_cast<double>(test::magnitude(quad(b.loss(x)) / exact.loss - 1)));
    }
  }
  std::printf("worst error: amount out %.2f ulps, loss %.2g\n", worst_out, worst_loss);
  EXPECT_LE(worst_out, 4.0);
  EXPECT_LE(worst_loss, 1e-12);
}

TEST(OrderBook, TheLastOfABookHasACost) {
  test::random_numbers random(20200903);
  for (int i = 0; i < 3000; ++i) {
    std::array<book_level, 6> levels{};
    std::array<book_node, 6> room{};
    double price = random.log_uniform(1e-3, 1e3);
    for (auto& level : levels) level = {price *= random.uniform(0.9, 1.0), random.log_uniform(1e-3, 1e3)};
    const std::size_t count = 1 + static_cast<std::size_t>(i) % 6;
    const auto made = build_order_book(std::span<const book_level>(levels).first(count), room, {i % 2 * 30.0});
    ASSERT_TRUE(made);
    laws::last_amounts_have_a_cost(*made);
    laws::last_amounts_have_a_cost(made->after(random.uniform(0.1, 0.9) * made->capacity()));
  }
  EXPECT_TRUE(std::isnan(book.marginal_price(nan).value));
}

TEST(OrderBook, WithTooLittleRoomForItsLevelsTheErrorIsAllItPays) {
  for (std::size_t n = 0; n < 4; ++n) EXPECT_EQ(segment_error_of(book, n), book.amount_out(book.capacity())) << n;
  EXPECT_EQ(segment_error_of(book, 4), 0.0);
  const liquidity::any_venue<order_book> same(book);
  EXPECT_EQ(same.segment_error(1), book.amount_out(book.capacity()));
  EXPECT_EQ(same.segment_error(4), 0.0);
}

}  // namespace

namespace laws {
namespace {

template <int Taken>
struct book_case {
  static constexpr double scale = 5.0;
  static order_book venue() {
    static std::array<book_node, 4> room{};
    return build_order_book(bids, room, {10.0})->after(Taken / 10.0);
  }
  static inline const double most_out = static_cast<double>(sell_exactly(venue(), 1e9).out) * (1.0 + 1e-15);
  static venue_reference reference(long double x) {
    const exact_sale exact = sell_exactly(venue(), x);
    return {static_cast<long double>(exact.out), static_cast<long double>(exact.marginal),
            static_cast<long double>(exact.loss)};
  }
};
using books = testing::Types<book_case<0>, book_case<7>, book_case<10>, book_case<120>>;
INSTANTIATE_TYPED_TEST_SUITE_P(OrderBook, VenueLaws, books);

}  // namespace
}  // namespace laws
}  // namespace trimtab
