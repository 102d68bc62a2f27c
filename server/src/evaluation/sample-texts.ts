/** Texts of several kinds, on which a dictionary is measured where a model brings few of its own. */
export const SAMPLE_TEXTS: readonly string[] = [
  'The harbour was quiet when Anna came down the steps. Two boats had left before dawn, and the third lay on its side in the mud, waiting for the tide. She put her basket on the wall and looked for her brother, but only the dog was there, asleep in the first sun.',
  'In 1987 the town had eleven mills and some four thousand workers. By 2003 two were left. The council voted, by nine to six, to turn the largest of the empty buildings into flats, a library and a school for nurses, at a cost of about $14 million.',
  'Water boils at a lower temperature on a mountain than at the sea, because the air above it weighs less. At 3,000 metres it boils at about 90 degrees, which is why potatoes take longer to cook there.',
  '"Did you lock the door?" asked Peter. "I thought you had," said Mary, and both of them turned round and ran back up the hill. The door was open, of course, and the cat sat on the table next to what had been their supper.',
  'def mean(values):\n    total = 0\n    for value in values:\n        total += value\n    return total / len(values)\n\nprint(mean([1, 2, 3, 4]))',
  'Take 200 g of flour, two eggs, a pinch of salt and as much milk as it needs. Beat until smooth, leave it to rest for half an hour, and fry thin cakes in butter. Serve them with lemon and sugar.',
  'The court found that the company had known of the fault since the spring and had told nobody. Its lawyers said that they would appeal. The shares fell by a fifth within the hour, and the chairman, Sir James Holt, resigned the same evening.',
  'When Paul and Susan went to the market, Susan gave a bag to Paul. When Susan and Paul came home again, Paul gave the bag to Susan. Then Paul, Susan and their neighbour Mr Green sat in the garden and drank tea until it was dark.',
];
