/**
 * The kinds of work that functions are asked about where nobody names others. The sentences are as comments above such
 * functions begin, because that is what the encoder of texts has learned from; several of each, so that the mean is of
 * the kind and not of one wording.
 */

import type { Label } from './labels.ts';

export const DEFAULT_LABELS: readonly Label[] = [
  {
    name: 'cryptography',
    prompts: [
      'Encrypt or decrypt a block of data with the given key.',
      'Perform the rounds of the cipher on the state.',
      'Expand the secret key into the key schedule.',
      'Verify the signature with the public key.',
    ],
  },
  {
    name: 'hashing',
    prompts: [
      'Compute a hash value for the string.',
      'Update the checksum (CRC) with the bytes of the buffer.',
      'Process one block of the message and update the digest state (MD5, SHA).',
      'Look up the key in the hash table by its hash.',
    ],
  },
  {
    name: 'compression',
    prompts: [
      'Compress the input data into the output buffer.',
      'Decompress a block of compressed data.',
      'Build the Huffman tree and send the codes.',
      'Find the longest match in the sliding window.',
    ],
  },
  {
    name: 'parsing',
    prompts: [
      'Parse the expression and return the syntax tree.',
      'Read the next token from the input.',
      'Parse the command line options.',
      'Convert the string to a number and report where it ends.',
    ],
  },
  {
    name: 'sorting',
    prompts: [
      'Sort the array with the comparison function.',
      'Merge two sorted lists.',
      'Compare two elements for qsort.',
      'Partition the elements around the pivot.',
    ],
  },
  {
    name: 'searching',
    prompts: [
      'Search the list for the given element.',
      'Find the entry with this key by binary search.',
      'Look for the pattern in the text and return its position.',
      'Match the regular expression against the buffer.',
    ],
  },
  {
    name: 'string handling',
    prompts: [
      'Copy the string and append the suffix.',
      'Convert the characters of the string to lower case.',
      'Compare two strings, ignoring case.',
      'Remove leading and trailing white space from the string.',
    ],
  },
  {
    name: 'memory management',
    prompts: [
      'Allocate memory, and die if there is none.',
      'Free the structure and all that it points to.',
      'Grow the buffer so that it has room for more elements.',
      'Release the object when its reference count drops to zero.',
    ],
  },
  {
    name: 'input/output',
    prompts: [
      'Read bytes from the file descriptor into the buffer.',
      'Write the buffer to the output file.',
      'Open the file and return a stream.',
      'Print the line to standard output.',
    ],
  },
  {
    name: 'networking',
    prompts: [
      'Open a socket and connect to the host.',
      'Send the packet to the peer.',
      'Wait for incoming connections and accept them.',
      'Resolve the host name to an address.',
    ],
  },
  {
    name: 'mathematics',
    prompts: [
      'Compute the square root of the number.',
      'Multiply two big integers.',
      'Add two floating-point numbers and round the result.',
      'Multiply the matrix by the vector.',
    ],
  },
  {
    name: 'error handling',
    prompts: [
      'Print an error message and exit.',
      'Report a warning with the file name and line number.',
      'Return the message that describes the error code.',
      'Clean up after a fatal error.',
    ],
  },
  {
    name: 'date and time',
    prompts: [
      'Convert the time to a broken-down calendar date.',
      'Format the date and time as a string.',
      'Return the current time in seconds.',
      'Compute the number of days in the month.',
    ],
  },
];
