"""The conversation loop: everything that happens between a caller's audio and the agent's, in one asyncio process."""
